// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice An account's money with one holder, in wei.
/// @param free May be locked by the holder, or unbonded by the account.
/// @param locked At stake; only the holder can release, pay or burn it.
/// @param unbonding On its way out: it can't be locked any more.
/// @param withdrawableAt When `unbonding` may be withdrawn, unix seconds.
struct Bond {
    uint128 free;
    uint128 locked;
    uint128 unbonding;
    uint64 withdrawableAt;
}

/// @title Money at stake
/// @notice A deposit is made with one holder, a verification method, and only that holder may lock, pay out or burn it:
/// the depositor chooses whom to trust, and no list of trusted contracts is needed. Payments are collected by `claim`.
/// Money in = money out + held + burned, always.
interface IBonds {
    /* EVENTS */

    /// @notice Money came in.
    /// @param holder Contract that may lock it.
    /// @param account Whose money it is.
    /// @param amount In wei.
    event Deposited(address indexed holder, address indexed account, uint256 amount);
    /// @notice Money is on its way out.
    /// @param holder Contract that could lock it until now.
    /// @param account Whose money it is.
    /// @param amount In wei.
    /// @param withdrawableAt When all that is on its way out may be withdrawn, unix seconds.
    event Unbonding(address indexed holder, address indexed account, uint256 amount, uint64 withdrawableAt);
    /// @notice Money that had finished unbonding went out.
    /// @param holder Contract it was bonded with.
    /// @param account Whose money it is.
    /// @param amount In wei.
    event Withdrawn(address indexed holder, address indexed account, uint256 amount);
    /// @notice Free money was put at stake.
    /// @param holder Contract that did it.
    /// @param account Whose money it is.
    /// @param amount In wei.
    event Locked(address indexed holder, address indexed account, uint256 amount);
    /// @notice Money is no longer at stake.
    /// @param holder Contract that released it.
    /// @param account Whose money it is.
    /// @param amount In wei.
    event Unlocked(address indexed holder, address indexed account, uint256 amount);
    /// @notice Locked money was given to another account, which may claim it.
    /// @param holder Contract that did it.
    /// @param from Whose money it was.
    /// @param to Whose money it is.
    /// @param amount In wei.
    event Paid(address indexed holder, address indexed from, address indexed to, uint256 amount);
    /// @notice Locked money was destroyed.
    /// @param holder Contract that did it.
    /// @param account Whose money it was.
    /// @param amount In wei.
    event Burned(address indexed holder, address indexed account, uint256 amount);
    /// @notice Money that holders had paid went out.
    /// @param account Whose money it is.
    /// @param amount In wei.
    event Claimed(address indexed account, uint256 amount);

    /* ERRORS */

    /// @notice Thrown when nothing is deposited or unbonded.
    error ZeroAmount();
    /// @notice Thrown when the holder has no code: only a contract can hold bonds.
    /// @param holder The address given.
    error NotAHolder(address holder);
    /// @notice Thrown when an account has less free money than needed.
    /// @param holder Contract that holds its money.
    /// @param account The account.
    /// @param free What it has, in wei.
    /// @param needed What is needed, in wei.
    error InsufficientFree(address holder, address account, uint256 free, uint256 needed);
    /// @notice Thrown when an account has less money at stake than needed.
    /// @param holder Contract that locked its money.
    /// @param account The account.
    /// @param locked What is locked, in wei.
    /// @param needed What is needed, in wei.
    error InsufficientLocked(address holder, address account, uint256 locked, uint256 needed);
    /// @notice Thrown when an account withdraws and nothing is on its way out.
    /// @param holder The contract it withdraws from.
    /// @param account The account.
    error NothingUnbonding(address holder, address account);
    /// @notice Thrown when an account withdraws too early.
    /// @param withdrawableAt When it may, unix seconds.
    error StillUnbonding(uint64 withdrawableAt);
    /// @notice Thrown when an account claims and nothing was paid to it.
    /// @param account The account.
    error NothingToClaim(address account);

    /* ACCOUNTS */

    /// @notice Deposits the sent wei.
    /// @param holder Contract that may lock it.
    /// @param account Whose money it becomes.
    function deposit(address holder, address account) external payable;

    /// @notice Starts withdrawing free money of the sender; it waits for the holder's `longest()`. Unbonding more restarts
    /// the wait for all of it.
    /// @param holder Contract that holds it.
    /// @param amount In wei.
    function unbond(address holder, uint128 amount) external;

    /// @notice Pays the sender what has finished unbonding.
    /// @param holder Contract it was bonded with.
    function withdraw(address holder) external;

    /// @notice Pays the sender what holders gave it.
    function claim() external;

    /* HOLDERS */

    /// @notice The calling holder puts free money at stake.
    /// @param account Whose money.
    /// @param amount In wei.
    function lock(address account, uint128 amount) external;

    /// @notice The calling holder releases locked money.
    /// @param account Whose money.
    /// @param amount In wei.
    function unlock(address account, uint128 amount) external;

    /// @notice The calling holder gives locked money to another account, which can `claim` it.
    /// @param from Whose money it was.
    /// @param to Whose money it becomes.
    /// @param amount In wei.
    function pay(address from, address to, uint128 amount) external;

    /// @notice The calling holder destroys locked money: nobody can ever withdraw it.
    /// @param account Whose money it was.
    /// @param amount In wei.
    function burn(address account, uint128 amount) external;

    /* VIEWS */

    /// @notice What an account has with a holder.
    /// @param holder The contract.
    /// @param account The account.
    /// @return Its money in every state.
    function bondOf(address holder, address account) external view returns (Bond memory);

    /// @notice What an account can claim.
    /// @param account The account.
    /// @return In wei.
    function claimableOf(address account) external view returns (uint256);

    /// @notice All that was ever burned.
    /// @return In wei.
    function burned() external view returns (uint256);

    /// @notice All money that belongs to accounts: bonds in every state, and what can be claimed.
    /// @return In wei.
    function held() external view returns (uint256);
}
