// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token as most are
contract PlainToken is ERC20 {
    constructor(address account, uint256 amount) ERC20("Plain", "PLAIN") {
        _mint(account, amount);
    }
}
