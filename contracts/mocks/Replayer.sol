// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title A contract that replays logs
/// @notice Installed at several addresses, it emits given logs from each of them, and answers views with given bytes.
contract Replayer {
    error NoAnswer(bytes query);

    mapping(bytes32 queryHash => bytes answer) private _answers;

    /// @notice Answers the calls with exactly these bytes from now on.
    function prime(bytes calldata query, bytes calldata answer) external {
        _answers[keccak256(query)] = answer;
    }

    /// @notice Emits logs in their order. Packed one after the other, each is
    /// address emitter ‖ u8 number of topics, at most 4 ‖ bytes32 topics ‖ u32 length of the data ‖ data.
    /// What another address emits is handed to the Replayer there.
    function replay(bytes calldata logs) external {
        while (logs.length != 0) {
            uint256 data = 25 + 32 * uint256(uint8(logs[20]));
            uint256 end = data + uint32(bytes4(logs[data - 4:data]));
            address emitter = address(bytes20(logs[:20]));
            if (emitter == address(this)) _emit(logs[21:data - 4], logs[data:end]);
            else Replayer(emitter).replay(logs[:end]);
            logs = logs[end:];
        }
    }

    fallback(bytes calldata query) external returns (bytes memory) {
        return _answerTo(query);
    }

    function _answerTo(bytes calldata query) private view returns (bytes memory answer) {
        answer = _answers[keccak256(query)];
        require(answer.length != 0, NoAnswer(query));
    }

    function _emit(bytes calldata topics, bytes calldata data) private {
        assembly ("memory-safe") {
            let p := mload(0x40)
            calldatacopy(p, data.offset, data.length)
            let t := topics.offset
            switch topics.length
            case 0 {
                log0(p, data.length)
            }
            case 32 {
                log1(p, data.length, calldataload(t))
            }
            case 64 {
                log2(p, data.length, calldataload(t), calldataload(add(t, 32)))
            }
            case 96 {
                log3(p, data.length, calldataload(t), calldataload(add(t, 32)), calldataload(add(t, 64)))
            }
            case 128 {
                log4(
                    p,
                    data.length,
                    calldataload(t),
                    calldataload(add(t, 32)),
                    calldataload(add(t, 64)),
                    calldataload(add(t, 96))
                )
            }
            default {
                revert(0, 0)
            }
        }
    }
}
