// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {VerifierList} from "../../../contracts/libraries/VerifierList.sol";
import {vm} from "../Vm.sol";

contract VerifierListTest {
    using VerifierList for VerifierList.List;

    uint256 private constant ACCOUNTS = 8;

    VerifierList.List private _list;

    /// @dev The list now, and as it was at the end of each block.
    address[] private _members;
    mapping(uint256 blockNumber => address[]) private _history;

    /// @notice Some accounts come and go, several in a block; every earlier block is remembered as it was.
    function testFuzz_RemembersEveryBlock(uint8[40] calldata steps) external {
        uint256 begin = block.number;
        for (uint256 i = 0; i < steps.length; ++i) {
            address account = address(uint160(0x1000 + (steps[i] % ACCOUNTS)));
            if (_list.contains(account)) _remove(account);
            else _add(account);
            _history[block.number] = _members;
            if (steps[i] > 100) _pass(1 + (steps[i] % 3));
        }
        _pass(1);

        for (uint256 number = begin; number < block.number; ++number) {
            require(_list.lengthAt(number) == _history[number].length, "another length in an earlier block");
            for (uint256 place = 0; place < _history[number].length; ++place) {
                address member = _list.memberAt(place, number);
                require(member == _history[number][place], "another member in an earlier block");
            }
        }
    }

    function test_IsEmptyAtFirst() external view {
        require(_list.length() == 0 && _list.lengthAt(block.number) == 0, "is not empty");
        require(!_list.contains(address(0)) && !_list.contains(address(this)), "has a member");
    }

    function _add(address account) private {
        _list.add(account);
        _members.push(account);
        _check(account, true);
    }

    function _remove(address account) private {
        _list.remove(account);
        for (uint256 place = 0; place < _members.length; ++place) {
            if (_members[place] == account) _members[place] = _members[_members.length - 1];
        }
        _members.pop();
        _check(account, false);
    }

    function _check(address account, bool isMember) private view {
        require(_list.contains(account) == isMember, "contains another account");
        require(_list.length() == _members.length, "another length");
        for (uint256 place = 0; place < _members.length; ++place) {
            require(_list.contains(_members[place]), "lost a member");
        }
    }

    function _pass(uint256 blocks) private {
        for (uint256 i = 0; i < blocks; ++i) {
            vm.roll(block.number + 1);
            _history[block.number] = _members;
        }
    }
}
