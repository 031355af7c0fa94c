// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title What accounts call themselves
/// @notice An account says a name and a link of itself, in an event. Nobody checks either: names are not unique, and may be
/// any bytes. Readers show a name beside the address and never instead of it.
interface IProfiles {
    /* EVENTS */

    /// @notice An account set its name and its link, and took back those before.
    /// @param account Who said it of itself.
    /// @param name What it calls itself; empty if it took its name and link away.
    /// @param link Where more is found of it; empty for nowhere.
    event ProfileSet(address indexed account, string name, string link);

    /* ERRORS */

    /// @notice Thrown when a name has too many bytes.
    /// @param length Its bytes.
    /// @param maximum Bytes that it may have.
    error NameTooLong(uint256 length, uint256 maximum);
    /// @notice Thrown when a link has too many bytes.
    /// @param length Its bytes.
    /// @param maximum Bytes that it may have.
    error LinkTooLong(uint256 length, uint256 maximum);
    /// @notice Thrown when a link comes without a name.
    /// @param link The link.
    error LinkWithoutName(string link);

    /* PROFILES */

    /// @notice Sets the caller's name and link. Both empty takes them away.
    /// @param name At most 64 bytes; UTF-8, or it is shown as far as it can be read.
    /// @param link At most 200 bytes: an address of the web, or empty. Only with a name.
    function set(string calldata name, string calldata link) external;
}
