// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title RSASSA-PSS signatures of RSA-2048 keys
/// @notice RSASSA-PSS-VERIFY of RFC 8017, section 8.1.2, with SHA-256 as hash, MGF1 with SHA-256 as mask, and a salt of 32
/// bytes. Everything has one form: a signature of 256 bytes below the modulus, a modulus of exactly 2,048 bits.
library RsaPss {
    uint256 private constant SIZE = 256;
    /// @dev The precompile that raises numbers to a power (EIP-198, priced by EIP-7883).
    address private constant MODEXP = address(5);
    uint256 private constant TOP_BIT = 1 << 255;

    /// @notice Whether a public key can be one: 2,048 bits, odd, with an odd exponent of at least 3.
    /// @param exponent The public exponent.
    /// @param modulus The modulus, big-endian.
    /// @return True if it can.
    function isKey(uint256 exponent, bytes calldata modulus) internal pure returns (bool) {
        return
            exponent >= 3 &&
            exponent % 2 == 1 &&
            modulus.length == SIZE &&
            uint8(modulus[0]) >= 0x80 &&
            uint8(modulus[SIZE - 1]) % 2 == 1;
    }

    /// @notice Whether a signature is a key's. Takes about 45,000 gas with the exponent 65,537; with too little gas for the
    /// precompile no signature is valid.
    /// @param digest SHA-256 of the message.
    /// @param signature The signature, big-endian.
    /// @param exponent The public exponent.
    /// @param modulus The modulus, big-endian.
    /// @return True if key and signature have their forms and the signature is that key's of that message.
    function isValid(
        bytes32 digest,
        bytes calldata signature,
        uint256 exponent,
        bytes calldata modulus
    ) internal view returns (bool) {
        if (!isKey(exponent, modulus) || signature.length != SIZE || !_isBelow(signature, modulus)) return false;
        (bool success, bytes memory result) = MODEXP.staticcall(
            abi.encodePacked(SIZE, uint256(32), SIZE, signature, exponent, modulus)
        );
        return success && result.length == SIZE && _isEncoded(digest, abi.decode(result, (uint256[8])));
    }

    /// @dev Compares two numbers of 256 bytes.
    function _isBelow(bytes calldata a, bytes calldata b) private pure returns (bool) {
        for (uint256 i = 0; i < SIZE; i += 32) {
            bytes32 left = bytes32(a[i:i + 32]);
            bytes32 right = bytes32(b[i:i + 32]);
            if (left != right) return left < right;
        }
        return false;
    }

    /// @dev EMSA-PSS-VERIFY of RFC 8017, section 9.1.2, for 2,047 bits: a zero bit, then masked 190 zero bytes ‖ 0x01 ‖ 32
    /// bytes of salt, then 32 bytes of hash ‖ 0xbc.
    function _isEncoded(bytes32 digest, uint256[8] memory em) private pure returns (bool) {
        if (em[0] >= TOP_BIT || uint8(em[7]) != 0xbc) return false;
        bytes32 hash = bytes32((em[6] << 248) | (em[7] >> 8));
        for (uint32 i = 0; i < 7; ++i) em[i] ^= uint256(sha256(abi.encodePacked(hash, i)));

        // Words 0 to 4 are padding; word 5 is 30 bytes of it, 0x01 and the salt's first byte; word 6 is the rest of the salt.
        uint256 padding = (em[0] & ~TOP_BIT) | em[1] | em[2] | em[3] | em[4] | ((em[5] >> 8) ^ 1);
        bytes32 salt = bytes32((em[5] << 248) | (em[6] >> 8));
        return padding == 0 && sha256(abi.encodePacked(bytes8(0), digest, salt)) == hash;
    }
}
