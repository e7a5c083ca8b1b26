"""`python -m monitor` is `cardwatch`, for machines where the script is not on the path."""

from monitor.cli.main import main

if __name__ == "__main__":
    main()
