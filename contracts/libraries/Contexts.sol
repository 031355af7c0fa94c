// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title What an inference was for
/// @notice context = u8 kind ‖ 20 bytes contract ‖ u24 season ‖ u24 task ‖ u40 unit. Kind 0 is free and all zero, 1 a unit
/// of that campaign, 2 a request, 3 an action; 2 and 3 are the kind and 31 bytes that the using contract defines.
library Contexts {
    uint256 internal constant FREE = 0;
    uint256 internal constant UNIT = 1;
    uint256 internal constant REQUEST = 2;
    uint256 internal constant ACTION = 3;

    /// @notice Whether the kind is known, and a free context is all zero.
    /// @param context Any 32 bytes.
    /// @return True if both hold.
    function isValid(bytes32 context) internal pure returns (bool) {
        uint256 k = kind(context);
        return k == FREE ? context == 0 : k <= ACTION;
    }

    /// @notice The kind of a context.
    /// @param context The context.
    /// @return `FREE`, `UNIT`, `REQUEST` or `ACTION`.
    function kind(bytes32 context) internal pure returns (uint256) {
        return uint8(context[0]);
    }

    /// @notice The context of a request or an action.
    /// @param kind_ `REQUEST` or `ACTION`.
    /// @param hash What it is bound to; its first byte is dropped.
    /// @return kind ‖ the low 31 bytes of `hash`.
    function bound(uint256 kind_, bytes32 hash) internal pure returns (bytes32) {
        return bytes32((kind_ << 248) | (uint256(hash) & (type(uint256).max >> 8)));
    }

    /// @notice Reads the context of a unit.
    /// @param context The context.
    /// @return campaign The contract whose unit it is.
    /// @return seasonId The season.
    /// @return taskId The task.
    /// @return unit The unit.
    function unitOf(
        bytes32 context
    ) internal pure returns (address campaign, uint256 seasonId, uint256 taskId, uint256 unit) {
        uint256 bits = uint256(context);
        return (address(uint160(bits >> 88)), uint24(bits >> 64), uint24(bits >> 40), uint40(bits));
    }
}
