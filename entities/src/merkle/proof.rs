//! Proofs over the leaf hashes of a log, and their verification, as RFC 6962 section 2.1 and RFC 9162 section 2.1 define them.

use super::{Frontier, Hash, node_hash};

/// The root of a log with these leaf hashes.
#[must_use]
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    leaves.iter().for_each(|leaf| frontier.append(*leaf));
    frontier.root()
}

/// The hashes that lead from the leaf with this index (from 0) to the root, the nearest first; `None` outside the log.
#[must_use]
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, sibling) = if index < left.len() {
        (inclusion_proof(left, index)?, root_of(right))
    } else {
        (inclusion_proof(right, index - left.len())?, root_of(left))
    };
    proof.push(sibling);
    Some(proof)
}

/// Whether the proof leads from the leaf with this index to the root of a log of this size.
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut computed) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            computed = node_hash(sibling, &computed);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            computed = node_hash(&computed, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && computed == *root
}

/// The hashes that prove that the log of the first `old_size` leaves is the beginning of this one; `None` unless
/// `0 < old_size <= leaves.len()`. Empty when nothing was added.
#[must_use]
pub fn consistency_proof(leaves: &[Hash], old_size: usize) -> Option<Vec<Hash>> {
    (1..=leaves.len()).contains(&old_size).then(|| subproof(leaves, old_size, true))
}

/// `is_old_root`: the verifier has the root of the old log already, and these leaves are still all of it.
fn subproof(leaves: &[Hash], old_size: usize, is_old_root: bool) -> Vec<Hash> {
    if old_size == leaves.len() {
        return if is_old_root { Vec::new() } else { vec![root_of(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, sibling) = if old_size <= left.len() {
        (subproof(left, old_size, is_old_root), root_of(right))
    } else {
        (subproof(right, old_size - left.len(), false), root_of(left))
    };
    proof.push(sibling);
    proof
}

/// Whether the proof shows that the log with the old root and size grew into the one with the new root and size.
#[must_use]
pub fn verify_consistency(old_size: u64, old_root: &Hash, new_size: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old_size == 0 || old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    // An old log that is one full subtree is not repeated in the proof.
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        let Some((first, rest)) = proof.split_first() else { return false };
        (first, rest)
    };
    let levels = (old_size - 1).trailing_ones();
    let (mut node, mut last) = ((old_size - 1) >> levels, (new_size - 1) >> levels);
    let (mut old, mut new) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            (old, new) = (node_hash(sibling, &old), node_hash(sibling, &new));
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            new = node_hash(&new, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && old == *old_root && new == *new_root
}

/// The largest power of two below the number of leaves, which is at least 2.
const fn split(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}
