// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice An account's money with one holder, in wei.
/// @param free May be locked by the holder, or unbonded by the account.
/// @param locked At stake; only the holder can release, pay or burn it.
/// @param unbonding On its way out: no longer lockable.
/// @param withdrawableAt When `unbonding` may be withdrawn, unix seconds.
struct Bond {
    uint128 free;
    uint128 locked;
    uint128 unbonding;
    uint64 withdrawableAt;
}

/// @title Money at stake
/// @notice A deposit is made with one holder, a verification method, and only that holder may lock, pay out or burn it:
/// whoever deposits chooses whom to trust, and no list of trusted contracts is needed. Paying is by pull.
/// Money in = money out + held + burned, always.
interface IBonds {
    event Deposited(address indexed holder, address indexed account, uint256 amount);
    event Unbonding(address indexed holder, address indexed account, uint256 amount, uint64 withdrawableAt);
    event Withdrawn(address indexed holder, address indexed account, uint256 amount);
    event Locked(address indexed holder, address indexed account, uint256 amount);
    event Unlocked(address indexed holder, address indexed account, uint256 amount);
    event Paid(address indexed holder, address indexed from, address indexed to, uint256 amount);
    event Burned(address indexed holder, address indexed account, uint256 amount);
    event Claimed(address indexed account, uint256 amount);

    error ZeroAmount();
    /// @notice Only a contract can hold bonds.
    error NotAHolder(address holder);
    error InsufficientFree(address holder, address account, uint256 free, uint256 needed);
    error InsufficientLocked(address holder, address account, uint256 locked, uint256 needed);
    /// @notice Nothing is on its way out.
    error NothingUnbonding(address holder, address account);
    error StillUnbonding(uint64 withdrawableAt);
    error NothingToClaim(address account);

    /// @notice Deposits the sent wei for `account` with `holder`.
    function deposit(address holder, address account) external payable;

    /// @notice Starts withdrawing `amount` of the sender's free money; it waits for the holder's `longest()`. Unbonding
    /// more restarts the wait for all of it.
    function unbond(address holder, uint128 amount) external;

    /// @notice Pays the sender what has finished unbonding.
    function withdraw(address holder) external;

    /// @notice Pays the sender what holders awarded it.
    function claim() external;

    /// @notice The calling holder puts free money of `account` at stake.
    function lock(address account, uint128 amount) external;

    /// @notice The calling holder releases locked money of `account`.
    function unlock(address account, uint128 amount) external;

    /// @notice The calling holder gives locked money of `from` to `to`, who can `claim` it.
    function pay(address from, address to, uint128 amount) external;

    /// @notice The calling holder destroys locked money of `account`: it stays here for ever.
    function burn(address account, uint128 amount) external;

    function bondOf(address holder, address account) external view returns (Bond memory);

    /// @notice What `account` can claim, in wei.
    function claimableOf(address account) external view returns (uint256);

    /// @notice All that was ever burned, in wei.
    function burned() external view returns (uint256);

    /// @notice All that is owed to somebody, in wei: bonds in every state and claims.
    function held() external view returns (uint256);
}
