// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Case, Seat, SeatState} from "../interfaces/IQuorum.sol";
import {Commitments} from "./Commitments.sol";

/// @title What the seats of an attestation's panels say
/// @notice Seats are read into memory, those of the first round first.
library Seats {
    /// @notice The value with the most revealed votes of a round, and how many; any of them on a tie, which no threshold above one
    /// half accepts.
    /// @param seats All seats.
    /// @param round 1 or 2.
    /// @return winner The value; zero without a vote.
    /// @return votes How many there are for it.
    function count(Seat[] memory seats, uint8 round) internal pure returns (bytes32 winner, uint8 votes) {
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].round != round || seats[i].state != SeatState.Revealed) continue;
            uint8 equal = 0;
            for (uint256 k = 0; k < seats.length; ++k) {
                if (seats[k].round == round && seats[k].state == SeatState.Revealed && seats[k].vote == seats[i].vote) {
                    ++equal;
                }
            }
            if (equal > votes) (winner, votes) = (seats[i].vote, equal);
        }
    }

    /// @notice Whether answers could be opened in the first round: all had committed, or missed seats were filled again.
    /// @param seats All seats.
    /// @param c The attestation's case.
    /// @return True if they could.
    function wasOpened(Seat[] memory seats, Case memory c) internal pure returns (bool) {
        if (c.refilled) return true;
        for (uint256 i = 0; i < c.firstSeats; ++i) {
            if (seats[i].state == SeatState.Drawn) return false;
        }
        return true;
    }

    /// @notice Whether a member revealed that it couldn't have the model or the input.
    /// @param seat The seat.
    /// @return True if it did.
    function isUnavailable(Seat memory seat) internal pure returns (bool) {
        return seat.state == SeatState.Revealed && isUnavailable(seat.vote);
    }

    /// @notice Whether a value is the vote for "unavailable".
    /// @param vote The value.
    /// @return True if it is.
    function isUnavailable(bytes32 vote) internal pure returns (bool) {
        return vote == Commitments.UNAVAILABLE;
    }

    /// @notice Whether a seat is paid where votes were judged by a value.
    /// @param seat The seat.
    /// @param judged The value; zero if no vote is judged.
    /// @return True if its member revealed that value, or anything where none is judged.
    function isPaid(Seat memory seat, bytes32 judged) internal pure returns (bool) {
        return seat.state == SeatState.Revealed && (judged == 0 || seat.vote == judged);
    }
}
