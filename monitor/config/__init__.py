"""config.toml and the environment (secrets only) become frozen values: one file a part of the configuration."""
