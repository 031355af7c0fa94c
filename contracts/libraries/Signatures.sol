// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Who signed a digest
/// @notice An account signs by its key, a contract as its code says (ERC-1271), and an account that has a contract's code
/// (EIP-7702) by either: its key may send transactions, too, which a contract's address never may (EIP-3607).
library Signatures {
    /// @notice Whether a signature is an account's. One account has several signatures of one digest, so none is a name for
    /// anything.
    /// @param account The account.
    /// @param digest What was signed.
    /// @param signature r ‖ s ‖ v (v is 27 or 28, or 0 or 1), r ‖ vs (ERC-2098), or whatever the account's code takes. Of a
    /// contract that isn't deployed yet (ERC-6492) none is valid: nothing is called to deploy it.
    /// @return True if its key or its code says so.
    function isValid(address account, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        uint256 length = account.code.length;
        if ((length == 0 || _isDelegated(account, length)) && _isOfKey(account, digest, signature)) return true;
        return length != 0 && SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature);
    }

    /// @dev Code that begins with 0xef is a delegation: none that does can be deployed (EIP-3541).
    function _isDelegated(address account, uint256 length) private view returns (bool) {
        return length == 23 && bytes3(account.code) == 0xef0100;
    }

    function _isOfKey(address account, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        address recovered;
        ECDSA.RecoverError err;
        if (signature.length == 64) {
            (recovered, err, ) = ECDSA.tryRecover(digest, bytes32(signature), bytes32(signature[32:]));
        } else if (signature.length == 65) {
            uint8 v = uint8(signature[64]);
            if (v < 2) v += 27;
            (recovered, err, ) = ECDSA.tryRecover(digest, v, bytes32(signature), bytes32(signature[32:]));
        } else {
            return false;
        }
        return err == ECDSA.RecoverError.NoError && recovered == account;
    }
}
