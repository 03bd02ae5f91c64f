//! Known answers of Certificate Transparency, and proofs over random logs.

use proptest::prelude::*;

use super::*;

/// The entries that implementations of Certificate Transparency test with, and the roots of the first 0 to 8 of them.
const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn known_leaves() -> Vec<Hash> {
    ENTRIES.iter().map(|entry| leaf_hash(&hex::decode(entry).unwrap())).collect()
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
}

fn size(leaves: &[Hash]) -> u64 {
    u64::try_from(leaves.len()).unwrap()
}

#[test]
fn the_roots_are_those_of_certificate_transparency() {
    let mut frontier = Frontier::new();
    for (entries, root) in ROOTS.iter().enumerate() {
        assert_eq!(hex::encode(frontier.root()), *root, "{entries} entries");
        known_leaves().get(entries).into_iter().for_each(|leaf| frontier.append(*leaf));
    }
}

#[test]
fn the_proofs_are_those_of_certificate_transparency() {
    let leaves = known_leaves();
    let hexed = |proof: Option<Vec<Hash>>| proof.unwrap().iter().map(hex::encode).collect::<Vec<_>>();
    assert_eq!(
        hexed(inclusion_proof(&leaves, 0)),
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
    );
    assert_eq!(hexed(consistency_proof(&leaves[..7], 3)).len(), 4, "RFC 6962 2.1.3: PROOF(3, D[7]) = [c, d, g, l]");
    assert_eq!(consistency_proof(&leaves[..7], 4).unwrap().len(), 1, "PROOF(4, D[7]) = [l]");
    assert_eq!(consistency_proof(&leaves[..7], 6).unwrap().len(), 3, "PROOF(6, D[7]) = [i, j, k]");
    assert_eq!(consistency_proof(&leaves[..7], 3).unwrap()[0], leaves[2]);
}

#[test]
fn a_damaged_frontier_is_refused() {
    let mut frontier = Frontier::new();
    leaves(11).into_iter().for_each(|leaf| frontier.append(leaf));
    let bytes = frontier.to_bytes();
    assert_eq!(bytes.len(), 8 + 3 * 32);
    assert_eq!(Frontier::from_bytes(&bytes), Ok(frontier));
    for damaged in [&bytes[..7], &bytes[..8], &bytes[..bytes.len() - 1], &[bytes.as_slice(), &[0; 32]].concat()] {
        assert_eq!(Frontier::from_bytes(damaged), Err(FrontierError));
    }
}

#[test]
fn there_is_no_proof_outside_the_log() {
    let leaves = leaves(5);
    assert_eq!(inclusion_proof(&leaves, 5), None);
    assert_eq!(consistency_proof(&leaves, 0), None);
    assert_eq!(consistency_proof(&leaves, 6), None);
    assert_eq!(consistency_proof(&leaves, 5), Some(Vec::new()));
    assert!(!verify_inclusion(&leaves[0], 5, 5, &[], &leaves[0]));
    assert!(!verify_consistency(0, &empty_root(), 5, &root_of(&leaves), &[]));
}

proptest! {
    #[test]
    fn every_entry_is_proven_and_no_other(count in 1_u64..70, pick: u64, other: u64, byte in 0_usize..32) {
        let leaves = leaves(count);
        let (index, root) = (pick % count, root_of(&leaves));
        let place = usize::try_from(index).unwrap();
        let proof = inclusion_proof(&leaves, place).unwrap();
        prop_assert!(verify_inclusion(&leaves[place], index, count, &proof, &root));
        let elsewhere = other % count;
        prop_assert!(elsewhere == index || !verify_inclusion(&leaves[place], elsewhere, count, &proof, &root));
        let mut changed = leaves[place];
        changed[byte] ^= 1;
        prop_assert!(!verify_inclusion(&changed, index, count, &proof, &root));
        for at in 0..proof.len() {
            let mut changed = proof.clone();
            changed[at][byte] ^= 1;
            prop_assert!(!verify_inclusion(&leaves[place], index, count, &changed, &root));
            prop_assert!(!verify_inclusion(&leaves[place], index, count, &proof[..at], &root));
        }
    }

    #[test]
    fn a_log_that_only_grew_is_proven(old in 1_u64..70, more in 0_u64..70, byte in 0_usize..32) {
        let leaves = leaves(old + more);
        let old_place = usize::try_from(old).unwrap();
        let (old_root, new_root) = (root_of(&leaves[..old_place]), root_of(&leaves));
        let proof = consistency_proof(&leaves, old_place).unwrap();
        prop_assert!(verify_consistency(old, &old_root, size(&leaves), &new_root, &proof));
        let mut rewritten = leaves.clone();
        rewritten[0][byte] ^= 1;
        let rewritten_root = root_of(&rewritten);
        let its_proof = consistency_proof(&rewritten, old_place).unwrap();
        prop_assert!(!verify_consistency(old, &old_root, size(&leaves), &rewritten_root, &proof));
        prop_assert!(!verify_consistency(old, &old_root, size(&leaves), &rewritten_root, &its_proof));
    }

    #[test]
    fn a_stored_frontier_goes_on_growing(count in 0_u64..70, more in 0_u64..9) {
        let leaves = leaves(count + more);
        let mut frontier = Frontier::new();
        for (number, leaf) in leaves.iter().enumerate() {
            if u64::try_from(number) == Ok(count) {
                frontier = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
            }
            frontier.append(*leaf);
        }
        prop_assert_eq!(frontier.size(), count + more);
        prop_assert_eq!(frontier.root(), root_of(&leaves));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, old: u64, new: u64, proof in prop::collection::vec(any::<Hash>(), 0..70)) {
        let _ = Frontier::from_bytes(&bytes);
        prop_assert!(!verify_inclusion(&[0; 32], old, new, &proof, &[1; 32]));
        prop_assert!(!verify_consistency(old, &[0; 32], new, &[1; 32], &proof));
    }
}
