// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title A contract account that remembers what it signed
/// @notice A digest's signature is the bytes that were given to `sign`.
contract MockWallet is IERC1271 {
    mapping(bytes32 digest => bytes32 signatureHash) private _signed;

    function sign(bytes32 digest, bytes calldata signature) external {
        _signed[digest] = keccak256(signature);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return _signed[digest] == keccak256(signature) ? this.isValidSignature.selector : bytes4(0);
    }
}
