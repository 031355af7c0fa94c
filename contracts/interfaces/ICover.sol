// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttestationRegistry} from "./IAttestationRegistry.sol";
import {IPullPayments} from "./IPullPayments.sol";

/// @title Money behind an answer that is not final yet
/// @notice A prover locks money for whoever acts on its pending attestation. Nobody can take it back before the attestation
/// is final. Verified returns it to the prover; anything else pays all of it to the beneficiary. Only methods under
/// which nothing ends Void are taken, so the beneficiary learns in the end whether the answer was right. A beneficiary
/// that is the prover's own covers nobody: look at who is named.
interface ICover is IPullPayments {
    /* EVENTS */

    /// @notice A prover locked money for a beneficiary.
    /// @param uid The attestation.
    /// @param beneficiary Who gets it unless the attestation ends Verified.
    /// @param token The token, or zero for ETH.
    /// @param prover Who locked it.
    /// @param amount What was added.
    event CoverLocked(
        bytes32 indexed uid,
        address indexed beneficiary,
        address indexed token,
        address prover,
        uint256 amount
    );

    /// @notice An attestation is final, and its cover was written down to the account that gets it.
    /// @param uid The attestation.
    /// @param beneficiary For whom it was locked.
    /// @param token The token, or zero for ETH.
    /// @param to The prover if the attestation is Verified, else the beneficiary.
    /// @param amount All that was locked.
    event CoverSettled(
        bytes32 indexed uid,
        address indexed beneficiary,
        address indexed token,
        address to,
        uint256 amount
    );

    /* ERRORS */

    /// @notice Thrown when cover has no amount.
    /// @param uid The attestation.
    error NoAmount(bytes32 uid);
    /// @notice Thrown when cover names nobody.
    /// @param uid The attestation.
    error NoBeneficiary(bytes32 uid);
    /// @notice Thrown when cover is locked for an attestation that isn't pending.
    /// @param uid The attestation.
    /// @param status Number of its `Status`.
    error CantCover(bytes32 uid, uint8 status);
    /// @notice Thrown when an attestation's method may end it Void, or it has none.
    /// @param uid The attestation.
    /// @param method Number of its method.
    error MethodCanVoid(bytes32 uid, uint8 method);
    /// @notice Thrown when consequences are drawn from an attestation before it is final.
    /// @param uid The attestation.
    error AttestationNotFinal(bytes32 uid);
    /// @notice Thrown when nothing is locked.
    /// @param uid The attestation.
    /// @param beneficiary For whom.
    /// @param token In what.
    error NothingLocked(bytes32 uid, address beneficiary, address token);

    /* COVER */

    /// @notice Locks money for a beneficiary; only the attestation's prover, while it is pending. More may be added.
    /// @param uid The attestation, or a batch's id.
    /// @param beneficiary Who gets it unless the attestation ends Verified.
    /// @param token An ERC-20 that the prover approved to this contract, or zero for ETH sent along.
    /// @param amount The money, not zero.
    function lock(bytes32 uid, address beneficiary, address token, uint128 amount) external payable;

    /// @notice Writes the cover of a final attestation down to who gets it; anyone.
    /// @param uid The attestation.
    /// @param beneficiary For whom it was locked.
    /// @param token The token, or zero for ETH.
    function settle(bytes32 uid, address beneficiary, address token) external;

    /* VIEWS */

    /// @notice Whose attestations are covered.
    /// @return The registry.
    function registry() external view returns (IAttestationRegistry);

    /// @notice What is locked.
    /// @param uid The attestation.
    /// @param beneficiary For whom.
    /// @param token The token, or zero for ETH.
    /// @return The money; zero once it is settled.
    function coverOf(bytes32 uid, address beneficiary, address token) external view returns (uint256);
}
