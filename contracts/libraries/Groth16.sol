// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Groth16 on the curve alt_bn128
/// @notice A proof (A, B, C) of public signals s_1 … s_n holds if
/// e(A, B) = e(alpha, beta) · e(IC_0 + Σ s_i · IC_i, gamma) · e(C, delta), with gamma the generator of G2, as snarkjs makes
/// every key. Points are written as the precompiles of EIP-196 and EIP-197 take them. A precompile that fails, for whatever
/// reason, gives false: callers must revert then, and conclude nothing.
library Groth16 {
    /// @notice A ‖ B ‖ C.
    uint256 internal constant PROOF_BYTES = 256;
    /// @notice alpha ‖ beta ‖ delta, before IC_0 … IC_n of 64 bytes each.
    uint256 internal constant FIXED_POINTS = 320;

    /// @dev The order of the field of coordinates.
    uint256 private constant P = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// @notice Whether all points of a key are on the curve and, those of G2, in its group.
    /// @param points alpha ‖ beta ‖ delta ‖ IC_0 … IC_n.
    /// @return valid True if they are.
    function arePoints(bytes memory points) internal view returns (bool valid) {
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            let at := add(points, 0x20)
            let end := add(at, mload(points))

            // A sum with the point at infinity fails unless the other one is on the curve.
            function isOnCurve(point, free) -> onCurve {
                mcopy(free, point, 64)
                mstore(add(free, 64), 0)
                mstore(add(free, 96), 0)
                onCurve := staticcall(gas(), 6, free, 128, free, 64)
            }
            valid := isOnCurve(at, scratch)
            for {
                let point := add(at, FIXED_POINTS)
            } lt(point, end) {
                point := add(point, 64)
            } {
                valid := and(valid, isOnCurve(point, scratch))
            }

            // A pairing fails unless points of G2 are on the curve and in the group; with infinity it is 1.
            mstore(scratch, 0)
            mstore(add(scratch, 32), 0)
            mcopy(add(scratch, 64), add(at, 64), 128)
            mstore(add(scratch, 192), 0)
            mstore(add(scratch, 224), 0)
            mcopy(add(scratch, 256), add(at, 192), 128)
            valid := and(valid, staticcall(gas(), 8, scratch, 384, scratch, 32))
        }
    }

    /// @notice Whether a proof holds. The public signals are those of `packed`, then `last`.
    /// @param points Memory address of alpha ‖ beta ‖ delta ‖ IC_0 … IC_n, as many as there are signals and one.
    /// @param packed Bytes that are signals, 31 each, the last ones fewer: big-endian numbers.
    /// @param last The last signal, below the order of the curve.
    /// @param proof A ‖ B ‖ C, of `PROOF_BYTES`.
    /// @return holds True if it does; false also where the gas doesn't suffice.
    function verify(
        uint256 points,
        bytes calldata packed,
        uint256 last,
        bytes calldata proof
    ) internal view returns (bool holds) {
        assembly ("memory-safe") {
            // Scratch at the free pointer, which stays: the sum of IC (64), then a term and its factor (96), then the pairings.
            let sum := mload(0x40)
            let term := add(sum, 64)
            let pairs := add(sum, 160)

            // Adds signal · point to the sum.
            function addTerm(at, to, point, signal) -> added {
                mcopy(at, point, 64)
                mstore(add(at, 64), signal)
                added := staticcall(gas(), 7, at, 96, at, 64)
                added := and(added, staticcall(gas(), 6, to, 128, to, 64))
            }

            let ic := add(points, FIXED_POINTS)
            mcopy(sum, ic, 64)
            holds := 1
            for {
                let i := 0
            } lt(i, packed.length) {
                i := add(i, 31)
            } {
                ic := add(ic, 64)
                let left := sub(packed.length, i)
                if gt(left, 31) {
                    left := 31
                }
                let signal := shr(sub(256, shl(3, left)), calldataload(add(packed.offset, i)))
                holds := and(addTerm(term, sum, ic, signal), holds)
            }
            holds := and(addTerm(term, sum, add(ic, 64), last), holds)

            // e(-A, B) · e(alpha, beta) · e(sum, gamma) · e(C, delta) = 1.
            let y := calldataload(add(proof.offset, 32))
            holds := and(lt(y, P), holds)
            calldatacopy(pairs, proof.offset, 192)
            mstore(add(pairs, 32), sub(P, y))
            mcopy(add(pairs, 192), points, 192)
            mcopy(add(pairs, 384), sum, 64)
            mstore(add(pairs, 448), 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2)
            mstore(add(pairs, 480), 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed)
            mstore(add(pairs, 512), 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b)
            mstore(add(pairs, 544), 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa)
            calldatacopy(add(pairs, 576), add(proof.offset, 192), 64)
            mcopy(add(pairs, 640), add(points, 192), 128)
            mstore(sum, 0)
            holds := and(staticcall(gas(), 8, pairs, 768, sum, 32), holds)
            holds := and(mload(sum), holds)
        }
    }
}
