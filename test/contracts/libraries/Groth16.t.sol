// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Groth16Harness} from "../../../contracts/mocks/Groth16Harness.sol";

/// @notice Keys and proofs whose points are known multiples of the generators: with beta, delta and B the generator of G2 a
/// proof holds exactly if A is alpha + IC_0 + Σ s_i · IC_i + C.
contract Groth16Test {
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    bytes private constant G2 =
        hex"198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
        hex"1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        hex"090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
        hex"12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";

    Groth16Harness private immutable _harness = new Groth16Harness();

    /// @dev `packed` is cut to at most 100 bytes, and has at least one.
    function testFuzz_holdsExactlyForItsSignals(
        bytes memory packed,
        uint256 last,
        uint256 seed,
        uint256 off,
        uint8 at
    ) external view {
        packed = _cut(packed);
        last >>= 8;
        (bytes memory points, uint256 a, uint256 c) = _instance(packed, last, seed);
        require(_harness.arePoints(points), "the key has odd points");
        require(_holds(points, packed, last, a, c), "a right proof doesn't hold");

        require(!_holds(points, packed, last, addmod(a, 1 + (off % (R - 1)), R), c), "A is free");
        require(!_holds(points, packed, last, a, addmod(c, 1 + (off % (R - 1)), R)), "C is free");
        require(!_holds(points, packed, last ^ (1 << (off % 248)), a, c), "the last signal is free");
        packed[at % packed.length] = bytes1(uint8(packed[at % packed.length]) ^ uint8(1 + (off % 255)));
        require(!_holds(points, packed, last, a, c), "a packed byte is free");
    }

    function _cut(bytes memory packed) private pure returns (bytes memory) {
        if (packed.length == 0) return hex"2a";
        if (packed.length > 100) {
            assembly ("memory-safe") {
                mstore(packed, 100)
            }
        }
        return packed;
    }

    /// @dev A key for these signals, and the discrete logarithms of a proof's A and C.
    function _instance(
        bytes memory packed,
        uint256 last,
        uint256 seed
    ) private view returns (bytes memory points, uint256 a, uint256 c) {
        uint256[] memory signals = _signals(packed);
        c = _random(seed, 0);
        a = addmod(_random(seed, 1), c, R);
        points = abi.encodePacked(_point(_random(seed, 1)), G2, G2, _point(_random(seed, 2)));
        a = addmod(a, _random(seed, 2), R);
        for (uint256 i = 0; i <= signals.length; ++i) {
            uint256 factor = _random(seed, 3 + i);
            points = abi.encodePacked(points, _point(factor));
            a = addmod(a, mulmod(i == signals.length ? last : signals[i], factor, R), R);
        }
    }

    /// @dev The signals, cut one byte after the other.
    function _signals(bytes memory packed) private pure returns (uint256[] memory signals) {
        signals = new uint256[]((packed.length + 30) / 31);
        for (uint256 i = 0; i < packed.length; ++i) {
            signals[i / 31] = signals[i / 31] * 256 + uint8(packed[i]);
        }
    }

    function _holds(
        bytes memory points,
        bytes memory packed,
        uint256 last,
        uint256 a,
        uint256 c
    ) private view returns (bool) {
        return _harness.verify(points, packed, last, abi.encodePacked(_point(a), G2, _point(c)));
    }

    function _random(uint256 seed, uint256 index) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index))) % R;
    }

    /// @dev factor · generator of G1.
    function _point(uint256 factor) private view returns (bytes memory) {
        (bool done, bytes memory point) = address(7).staticcall(abi.encode(uint256(1), uint256(2), factor));
        require(done, "no multiple of the generator");
        return point;
    }
}
