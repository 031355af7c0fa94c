// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBonds} from "../interfaces/IBonds.sol";

/// @title What accounts owe when an attestation is settled
/// @notice Debts are taken from locked money in the order in which they were added: first others are paid, then what is
/// left is burned. A list is used up once: it lives in memory.
library Debts {
    /// @notice A list of debts.
    /// @param accounts Who owes; an account may stand there twice.
    /// @param amounts What is left of each debt, in wei.
    /// @param count Number of debts.
    /// @param next The first debt of which something is left.
    /// @param total What is left of all debts, in wei.
    struct List {
        address[] accounts;
        uint128[] amounts;
        uint256 count;
        uint256 next;
        uint128 total;
    }

    /// @notice Begins a list.
    /// @param most How many debts it can hold.
    /// @return An empty list.
    function list(uint256 most) internal pure returns (List memory) {
        return List(new address[](most), new uint128[](most), 0, 0, 0);
    }

    /// @notice Adds a debt.
    /// @param self The list.
    /// @param account Who owes; has as much locked with the holder.
    /// @param amount In wei.
    function add(List memory self, address account, uint128 amount) internal pure {
        self.accounts[self.count] = account;
        self.amounts[self.count++] = amount;
        self.total += amount;
    }

    /// @notice Pays an account.
    /// @param self The list.
    /// @param bonds Where the money is.
    /// @param to Who is paid.
    /// @param amount In wei; no more than `total`.
    function pay(List memory self, IBonds bonds, address to, uint128 amount) internal {
        self.total -= amount;
        while (amount != 0) {
            uint128 left = self.amounts[self.next];
            uint128 part = left < amount ? left : amount;
            if (part != 0) bonds.pay(self.accounts[self.next], to, part);
            self.amounts[self.next] = left - part;
            amount -= part;
            if (part == left) ++self.next;
        }
    }

    /// @notice Burns what is left.
    /// @param self The list.
    /// @param bonds Where the money is.
    function burn(List memory self, IBonds bonds) internal {
        for (; self.next < self.count; ++self.next) {
            if (self.amounts[self.next] != 0) bonds.burn(self.accounts[self.next], self.amounts[self.next]);
        }
        self.total = 0;
    }
}
