// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A token under a test's control
/// @notice Honest until it is told otherwise.
contract MockToken is ERC20 {
    /// @notice The call from within a transfer ended.
    event CalledBack(bool done, bytes reason);

    /// @notice Thrown when it was told to revert.
    error TokenReverts();

    uint256 private _fee;
    uint256 private _lie;
    bool private _reverts;
    bool private _refuses;
    bool private _silent;
    address private _target;
    bytes private _data;

    constructor() ERC20("Mock", "MOCK") {}

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    /// @notice Takes away from an account's balance, as a rebasing token does.
    function shrink(address account, uint256 amount) external {
        _burn(account, amount);
    }

    /// @notice Every transfer loses this much on its way.
    function setFee(uint256 fee) external {
        _fee = fee;
    }

    /// @notice Balances are reported too high by this much for each unit that the reader can spend on gas: never twice the same.
    function setLie(uint256 lie) external {
        _lie = lie;
    }

    /// @notice Transfers revert, return false, or return nothing.
    function setManners(bool reverts, bool refuses, bool silent) external {
        (_reverts, _refuses, _silent) = (reverts, refuses, silent);
    }

    /// @notice The next transfer calls `target` with `data` first.
    function onNextTransfer(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    /// @notice Calls `target` with `data` and passes on its revert.
    function execute(address target, bytes calldata data) external {
        Address.functionCall(target, data);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        return _answer();
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        return _answer();
    }

    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) + (_lie == 0 ? 0 : _lie * gasleft());
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!_reverts, TokenReverts());
        if (_target != address(0)) _callBack();
        super._update(from, to, amount);
        if (_fee != 0 && from != address(0)) super._update(to, address(0xfee), _fee);
    }

    function _callBack() private {
        address target = _target;
        _target = address(0);
        try this.execute(target, _data) {
            emit CalledBack(true, "");
        } catch (bytes memory reason) {
            emit CalledBack(false, reason);
        }
    }

    function _answer() private view returns (bool) {
        if (_silent) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return !_refuses;
    }
}
