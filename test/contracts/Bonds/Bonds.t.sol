// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Bonds} from "../../../contracts/Bonds.sol";
import {Bond} from "../../../contracts/interfaces/IBonds.sol";
import {MockMethod} from "../../../contracts/mocks/MockMethod.sol";
import {vm} from "../Vm.sol";

/// @notice Accounts and holders that do anything that `Bonds` lets them do, in any order. Its own record of the money
/// is what left its hand and what arrived at the accounts.
contract BondsHandler {
    uint256 public constant ACCOUNTS = 3;
    uint256 public constant HOLDERS = 2;

    Bonds public immutable bonds = new Bonds();
    MockMethod[HOLDERS] private _holders;

    /// @notice All wei that was ever deposited.
    uint256 public paidIn;

    constructor() {
        for (uint256 i = 0; i < HOLDERS; ++i) {
            _holders[i] = new MockMethod();
            _holders[i].setLongest(uint64(100 * (i + 1)));
        }
    }

    function deposit(uint256 holder, uint256 account, uint256 amount) external {
        amount = 1 + (amount % 1000 ether);
        vm.deal(address(this), amount);
        paidIn += amount;
        bonds.deposit{value: amount}(holderAt(holder), accountAt(account));
    }

    function unbond(uint256 holder, uint256 account, uint256 amount) external {
        amount = _part(amount, bondOf(holder, account).free);
        if (amount == 0) return;
        vm.prank(accountAt(account));
        bonds.unbond(holderAt(holder), uint128(amount));
    }

    function withdraw(uint256 holder, uint256 account) external {
        Bond memory bond = bondOf(holder, account);
        if (bond.unbonding == 0) return;
        if (block.timestamp < bond.withdrawableAt) vm.warp(bond.withdrawableAt);
        vm.prank(accountAt(account));
        bonds.withdraw(holderAt(holder));
    }

    function claim(uint256 account) external {
        if (bonds.claimableOf(accountAt(account)) == 0) return;
        vm.prank(accountAt(account));
        bonds.claim();
    }

    function lock(uint256 holder, uint256 account, uint256 amount) external {
        amount = _part(amount, bondOf(holder, account).free);
        vm.prank(holderAt(holder));
        bonds.lock(accountAt(account), uint128(amount));
    }

    function unlock(uint256 holder, uint256 account, uint256 amount) external {
        amount = _part(amount, bondOf(holder, account).locked);
        vm.prank(holderAt(holder));
        bonds.unlock(accountAt(account), uint128(amount));
    }

    function pay(uint256 holder, uint256 account, uint256 to, uint256 amount) external {
        amount = _part(amount, bondOf(holder, account).locked);
        vm.prank(holderAt(holder));
        bonds.pay(accountAt(account), accountAt(to), uint128(amount));
    }

    function burn(uint256 holder, uint256 account, uint256 amount) external {
        amount = _part(amount, bondOf(holder, account).locked);
        vm.prank(holderAt(holder));
        bonds.burn(accountAt(account), uint128(amount));
    }

    function accountAt(uint256 i) public pure returns (address) {
        return address(uint160(0xacc0 + (i % ACCOUNTS)));
    }

    function holderAt(uint256 i) public view returns (address) {
        return address(_holders[i % HOLDERS]);
    }

    function bondOf(uint256 holder, uint256 account) public view returns (Bond memory) {
        return bonds.bondOf(holderAt(holder), accountAt(account));
    }

    /// @dev Any part of `most`, all of it often.
    function _part(uint256 amount, uint256 most) private pure returns (uint256) {
        return amount % 3 == 0 ? most : amount % (most + 1);
    }
}

/// @notice What holds of the money at stake whatever anyone does.
contract BondsInvariants {
    BondsHandler private _handler;
    Bonds private _bonds;

    function setUp() external {
        _handler = new BondsHandler();
        _bonds = _handler.bonds();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_moneyInIsMoneyOutHeldAndBurned() external view {
        uint256 paidOut = 0;
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) paidOut += _handler.accountAt(i).balance;

        require(_handler.paidIn() == paidOut + _bonds.held() + _bonds.burned(), "money is lost or made");
    }

    function invariant_balanceIsHeldAndBurned() external view {
        require(address(_bonds).balance == _bonds.held() + _bonds.burned(), "money without an owner");
    }

    function invariant_bondsAndClaimsAreHeld() external view {
        uint256 sum = 0;
        for (uint256 account = 0; account < _handler.ACCOUNTS(); ++account) {
            sum += _bonds.claimableOf(_handler.accountAt(account));
            for (uint256 holder = 0; holder < _handler.HOLDERS(); ++holder) {
                Bond memory bond = _handler.bondOf(holder, account);
                sum += uint256(bond.free) + bond.locked + bond.unbonding;
            }
        }

        require(sum == _bonds.held(), "bonds and claims are not what is held");
    }
}
