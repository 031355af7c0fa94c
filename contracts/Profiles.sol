// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IProfiles} from "./interfaces/IProfiles.sol";

/// @title Profiles
/// @notice See `IProfiles`.
contract Profiles is IProfiles {
    uint256 private constant _NAME_BYTES = 64;
    uint256 private constant _LINK_BYTES = 200;

    /// @inheritdoc IProfiles
    function set(string calldata name, string calldata link) external {
        uint256 nameBytes = bytes(name).length;
        uint256 linkBytes = bytes(link).length;
        require(nameBytes <= _NAME_BYTES, NameTooLong(nameBytes, _NAME_BYTES));
        require(linkBytes <= _LINK_BYTES, LinkTooLong(linkBytes, _LINK_BYTES));
        require(nameBytes != 0 || linkBytes == 0, LinkWithoutName(link));

        emit ProfileSet(msg.sender, name, link);
    }
}
