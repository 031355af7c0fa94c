// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice The cheatcodes that tests use.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /// @notice The next call comes from `sender`.
    function prank(address sender) external;

    /// @notice Sets the block's time, in unix seconds.
    function warp(uint256 timestamp) external;

    /// @notice Sets the block's number.
    function roll(uint256 number) external;

    /// @notice Sets the block's base fee, in wei.
    function fee(uint256 baseFee) external;

    /// @notice Sets an account's balance, in wei.
    function deal(address account, uint256 balance) external;

    /// @notice A built contract's creation code, by its name as in "Quorum.sol:Quorum".
    function getCode(string calldata name) external view returns (bytes memory code);

    /// @notice Keeps the events emitted from here on.
    function recordLogs() external;

    /// @notice The events kept since `recordLogs`.
    function getRecordedLogs() external returns (Log[] memory logs);
}

Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

/// @notice Creates a contract that was built with settings of its own. A test that imported it would have to be built with
/// them, too, and all of the protocol again.
/// @param name As `getCode` takes it.
/// @param arguments The constructor's, ABI-encoded.
function createFrom(string memory name, bytes memory arguments) returns (address created) {
    bytes memory code = abi.encodePacked(vm.getCode(name), arguments);
    assembly ("memory-safe") {
        created := create(0, add(code, 0x20), mload(code))
    }
    require(created != address(0), "not created");
}
