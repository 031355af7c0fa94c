// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IInferenceConsumer} from "../interfaces/IInferenceConsumer.sol";
import {Finality} from "../interfaces/IInferenceRequests.sol";

/// @title A consumer under a test's control
/// @notice It reports its calls, and is honest until it is told otherwise.
contract MockConsumer is IInferenceConsumer {
    /// @notice What it does when it is called.
    enum Manners {
        Returns,
        Reverts,
        RevertsWithBomb,
        ReturnsBomb,
        EatsGas
    }

    event AnswerSeen(bytes32 indexed requestId, bytes32 indexed uid, Finality finality, bytes output, uint256 gas);
    event RefutalSeen(bytes32 indexed requestId, bytes32 indexed uid, uint256 gas);
    /// @notice The call from within a callback ended.
    event CalledOn(bool done, bytes reason);

    /// @notice Thrown when it was told to revert.
    error ConsumerReverts();

    uint256 private constant BOMB = 100_000;

    Manners private _manners;
    address private _target;
    bytes private _data;

    receive() external payable {}

    function setManners(Manners manners) external {
        _manners = manners;
    }

    /// @notice Its next callback calls `target` with `data`.
    function onNextCall(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    /// @notice Calls `target` with `data` and the sent wei, and passes on its revert.
    function execute(address target, bytes calldata data) external payable {
        Address.functionCallWithValue(target, data, msg.value);
    }

    /// @inheritdoc IInferenceConsumer
    function onAnswer(bytes32 requestId, bytes32 uid, Finality finality, bytes calldata output) external {
        emit AnswerSeen(requestId, uid, finality, output, gasleft());
        _behave();
    }

    /// @inheritdoc IInferenceConsumer
    function onRefuted(bytes32 requestId, bytes32 uid) external {
        emit RefutalSeen(requestId, uid, gasleft());
        _behave();
    }

    function _behave() private {
        if (_target != address(0)) _callOn();
        Manners manners = _manners;
        require(manners != Manners.Reverts, ConsumerReverts());
        while (manners == Manners.EatsGas) _data = "";
        if (manners == Manners.RevertsWithBomb) {
            assembly ("memory-safe") {
                revert(0, BOMB)
            }
        }
        if (manners == Manners.ReturnsBomb) {
            assembly ("memory-safe") {
                return(0, BOMB)
            }
        }
    }

    function _callOn() private {
        address target = _target;
        _target = address(0);
        try this.execute(target, _data) {
            emit CalledOn(true, "");
        } catch (bytes memory reason) {
            emit CalledOn(false, reason);
        }
    }
}
