// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {IPullPayments} from "./interfaces/IPullPayments.sol";

/// @title PullPayments
/// @notice See `IPullPayments`.
abstract contract PullPayments is IPullPayments, ReentrancyGuard {
    using SafeERC20 for IERC20;

    /// @dev Stands for ETH among tokens.
    address internal constant ETH = address(0);

    /// @inheritdoc IPullPayments
    mapping(address token => mapping(address account => uint256)) public balanceOf;

    /// @inheritdoc IPullPayments
    function withdraw(address token, address account) external {
        _withdraw(token, account, account);
    }

    /// @inheritdoc IPullPayments
    function withdrawTo(address token, address to) external {
        _withdraw(token, msg.sender, to);
    }

    /// @dev Takes money from the sender, and `wei_` along with it: exactly that, of either.
    function _take(address token, uint256 amount, uint256 wei_) internal {
        uint256 value = token == ETH ? wei_ + amount : wei_;
        require(msg.value == value, WrongValue(msg.value, value));
        if (token != ETH && amount != 0) _pull(IERC20(token), amount);
    }

    /// @dev Writes money down to an account.
    function _credit(address token, address account, uint256 amount) internal {
        if (amount == 0) return;
        balanceOf[token][account] += amount;
        emit Credited(account, token, amount);
    }

    /// @dev No pull within another: a token that calls back can't have one payment counted twice.
    function _pull(IERC20 token, uint256 amount) private nonReentrant {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received;
        // A token that lies may tell less than before: then this is a huge number.
        unchecked {
            received = token.balanceOf(address(this)) - before;
        }
        require(received == amount, WrongAmount(received, amount));
    }

    /// @dev Not guarded, so that nobody can keep a contract from its money by calling it from within a payment. Within a pull
    /// of the same token the money would be missing from what came: the pull fails.
    function _withdraw(address token, address account, address to) private {
        uint256 amount = balanceOf[token][account];
        require(amount != 0, NothingToWithdraw(account, token));

        balanceOf[token][account] = 0;

        emit Withdrawn(account, token, to, amount);

        if (token == ETH) Address.sendValue(payable(to), amount);
        else IERC20(token).safeTransfer(to, amount);
    }
}
