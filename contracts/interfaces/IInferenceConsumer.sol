// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Finality} from "./IInferenceRequests.sol";

/// @title A contract that acts on answers
/// @notice `IInferenceRequests` calls it with the gas that the request promised, ignores what it returns, and never calls
/// again. Anyone can name it in a request of their own: it must know which requests are its. Who calls chooses the moment,
/// also in the midst of a call of other contracts: what must not be missed needs another door, see `isAnswer`.
interface IInferenceConsumer {
    /// @notice A request was answered with the wanted finality.
    /// @param requestId The request.
    /// @param uid The attestation.
    /// @param finality The finality reached.
    /// @param output The output's tensor, header and data.
    function onAnswer(bytes32 requestId, bytes32 uid, Finality finality, bytes calldata output) external;

    /// @notice An answer that was delivered as covered is wrong; its cover is the beneficiary's.
    /// @param requestId The request.
    /// @param uid The attestation.
    function onRefuted(bytes32 requestId, bytes32 uid) external;
}
