"""The tree against the published test vectors of Certificate Transparency, and against all small changes."""

from __future__ import annotations

import random

import pytest

from storage.merkle import (
    EMPTY_ROOT,
    ReadNode,
    TreeGrowth,
    hash_leaf,
    prove_consistency,
    prove_inclusion,
    read_root,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The leaves and roots that the test suites of RFC 6962's implementations share.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {  # (index, size): the path, from the leaf up
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
HASHES = [hash_leaf(leaf) for leaf in LEAVES]


def reader(hashes: list[bytes]) -> ReadNode:
    return lambda level, place: root_of(hashes[place << level : (place + 1) << level])


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_test_vectors(size: int) -> None:
    assert root_of(HASHES[:size]).hex() == ROOTS[size] == read_root(reader(HASHES), size).hex()


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_paths_are_those_of_the_test_vectors(index: int, size: int) -> None:
    proof = prove_inclusion(reader(HASHES), index, size)
    assert [item.hex() for item in proof] == INCLUSION[index, size]
    assert verify_inclusion(HASHES[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_paths_are_those_of_the_test_vectors(old: int, new: int) -> None:
    proof = prove_consistency(reader(HASHES), old, new)
    assert [item.hex() for item in proof] == CONSISTENCY[old, new]
    assert verify_consistency(old, new, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]), proof)


def test_an_inclusion_proof_holds_for_nothing_but_its_own_leaf_index_size_and_root() -> None:
    hashes = [hash_leaf(bytes([number])) for number in range(13)]
    root = root_of(hashes)
    for index in range(13):
        proof = prove_inclusion(reader(hashes), index, 13)
        assert verify_inclusion(hashes[index], index, 13, proof, root)
        others = [number for number in range(14) if number != index]
        assert not any(verify_inclusion(hashes[index], number, 13, proof, root) for number in others)
        assert not any(
            verify_inclusion(hashes[number % 13], index, 13, proof, root) for number in others if number < 13
        )
        assert not verify_inclusion(hashes[index], index, 13, proof, root_of(hashes[:12]))
        assert not verify_inclusion(hashes[index], index, 13, (*proof, root), root)
        assert not verify_inclusion(hashes[index], index, 13, proof[:-1], root)
        for place, item in enumerate(proof):
            forged = (*proof[:place], item[:-1] + bytes([item[-1] ^ 1]), *proof[place + 1 :])
            assert not verify_inclusion(hashes[index], index, 13, forged, root)
        assert not verify_inclusion(hashes[index], index, 13, [item[:31] for item in proof], root)


def test_a_node_is_never_taken_for_a_leaf() -> None:
    hashes = [hash_leaf(bytes([number])) for number in range(4)]
    forged = hash_leaf(hashes[0] + hashes[1])
    assert not verify_inclusion(forged, 0, 2, [root_of(hashes[2:])], root_of(hashes))


def test_a_rewritten_history_is_never_consistent() -> None:
    chance = random.Random(5)
    hashes = [hash_leaf(bytes([number])) for number in range(30)]
    for _ in range(200):
        old, new = sorted(chance.sample(range(1, 31), 2))
        proof = prove_consistency(reader(hashes), old, new)
        other = list(hashes)
        other[chance.randrange(old)] = hash_leaf(b"rewritten")
        forged = prove_consistency(reader(other), old, new)
        old_root, new_root = root_of(hashes[:old]), root_of(other[:new])
        assert not verify_consistency(old, new, old_root, new_root, proof)
        assert not verify_consistency(old, new, old_root, new_root, forged)
        assert verify_consistency(old, new, old_root, root_of(hashes[:new]), proof)


def test_the_empty_tree_is_consistent_with_every_tree_and_proves_no_leaf() -> None:
    assert verify_consistency(0, 8, EMPTY_ROOT, root_of(HASHES), ())
    assert not verify_consistency(0, 8, HASHES[0], root_of(HASHES), ())
    assert not verify_inclusion(HASHES[0], 0, 0, (), EMPTY_ROOT)
    with pytest.raises(ValueError, match="not among"):
        prove_inclusion(reader(HASHES), 8, 8)
    with pytest.raises(ValueError, match="does not extend"):
        prove_consistency(reader(HASHES), 8, 7)


def test_growth_names_every_subtree_when_it_is_whole() -> None:
    growth = TreeGrowth()
    whole = {(level, place): node for leaf in HASHES for level, place, node in growth.add(leaf)}
    assert set(whole) == {(1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1), (3, 0)}
    assert whole[3, 0].hex() == ROOTS[8]
