// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MockMethod} from "./MockMethod.sol";
import {Replayer} from "./Replayer.sol";

/// @title A method under a test's control that emits any event
/// @notice In a real method's place it settles freely, and emits that method's votes, traces and wrong rows.
// solhint-disable-next-line no-empty-blocks
contract TellingMethod is MockMethod, Replayer {}
