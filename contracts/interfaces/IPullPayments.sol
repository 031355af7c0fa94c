// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Money that waits for its owner
/// @notice What a contract owes is kept in its books until it is withdrawn, so no account that can't be paid stops anybody.
/// The token's address is zero for ETH, whose amounts are in wei; a token's are in its smallest unit. A token must bring
/// exactly what was sent. One that later takes balances away (rebasing) is short for those who withdraw last, in that
/// token alone.
interface IPullPayments {
    /* EVENTS */

    /// @notice An account got money that it may withdraw.
    /// @param account The account.
    /// @param token The token, or zero for ETH.
    /// @param amount The money.
    event Credited(address indexed account, address indexed token, uint256 amount);

    /// @notice Money left the contract.
    /// @param account Whose it was.
    /// @param token The token, or zero for ETH.
    /// @param to Who received it.
    /// @param amount The money.
    event Withdrawn(address indexed account, address indexed token, address to, uint256 amount);

    /* ERRORS */

    /// @notice Thrown when a call brings another value than it costs.
    /// @param value Wei sent.
    /// @param expected Wei that it costs.
    error WrongValue(uint256 value, uint256 expected);
    /// @notice Thrown when a token brought less or more than it was asked for.
    /// @param received What came.
    /// @param expected What was asked for.
    error WrongAmount(uint256 received, uint256 expected);
    /// @notice Thrown when an account has nothing to withdraw.
    /// @param account The account.
    /// @param token The token, or zero for ETH.
    error NothingToWithdraw(address account, address token);

    /* MONEY */

    /// @notice Pays an account all that it has of a token; anyone.
    /// @param token The token, or zero for ETH.
    /// @param account Whose money it is, and who receives it.
    function withdraw(address token, address account) external;

    /// @notice Pays all that the sender has of a token to another account.
    /// @param token The token, or zero for ETH.
    /// @param to Who receives it.
    function withdrawTo(address token, address to) external;

    /// @notice What an account may withdraw.
    /// @param token The token, or zero for ETH.
    /// @param account The account.
    /// @return The money.
    function balanceOf(address token, address account) external view returns (uint256);
}
