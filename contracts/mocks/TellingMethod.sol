// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MockMethod} from "./MockMethod.sol";
import {Replayer} from "./Replayer.sol";

/// @title A method under a test's control that emits any event
/// @notice Put in a real method's place it settles at will and tells of votes, traces and wrong rows as that one would.
// solhint-disable-next-line no-empty-blocks
contract TellingMethod is MockMethod, Replayer {}
