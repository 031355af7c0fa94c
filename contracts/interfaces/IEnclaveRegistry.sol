// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice A registrar's signature.
/// @param registrar Who signed.
/// @param signature As `Signatures` takes it, a contract's too.
struct Approval {
    address registrar;
    bytes signature;
}

/// @notice What is known of an enclave's key.
/// @param measurement Measurement of the image that the key was born in; zero if it was never admitted.
/// @param until Until when it signs, unix seconds: its expiry, or the time of its revocation.
/// @param revoked Whether a registrar revoked it.
struct EnclaveKey {
    bytes32 measurement;
    uint40 until;
    bool revoked;
}

/// @title Keys that were born in enclaves
/// @notice Registrars look at an AWS Nitro attestation document off chain, whose measurement and public key they vouch for;
/// `threshold` of them admit the key. The document's bytes are in the event, so anybody can check what they saw. A key is
/// bound to one measurement for ever, and expires. One registrar alone revokes a key, from now on and for good: what it signed
/// before stays. Registrars are replaced by `threshold` of themselves.
interface IEnclaveRegistry {
    /* EVENTS */

    /// @notice A key was admitted, or its time was extended.
    /// @param key The key's name: an address in the low 20 bytes, or an RSA key's hash.
    /// @param measurement keccak256(PCR0 ‖ PCR1 ‖ PCR2) of its enclave's image.
    /// @param expiresAt Until when it signs, unix seconds.
    /// @param publicKey 0x04 ‖ x ‖ y of a secp256k1 key; u256 exponent ‖ modulus of an RSA-2048 key.
    /// @param document The Nitro attestation document that the registrars looked at.
    event KeyAdmitted(
        bytes32 indexed key,
        bytes32 indexed measurement,
        uint40 expiresAt,
        bytes publicKey,
        bytes document
    );
    /// @notice A key signs nothing any more.
    /// @param key The key.
    /// @param registrar Who revoked it.
    event KeyRevoked(bytes32 indexed key, address indexed registrar);
    /// @notice These are the registrars from now on.
    /// @param registrars All of them, in ascending order.
    /// @param threshold How many must agree.
    event RegistrarsSet(address[] registrars, uint8 threshold);

    /* ERRORS */

    /// @notice Thrown when registrars are not in strictly ascending order, the zero address is among them, or they are more
    /// than 32.
    /// @param index Position of the first wrong one.
    error InvalidRegistrars(uint256 index);
    /// @notice Thrown when a threshold is zero or above the number of registrars.
    /// @param threshold What was given.
    /// @param registrars Number of registrars.
    error InvalidThreshold(uint8 threshold, uint256 registrars);
    /// @notice Thrown when an account that is no registrar acts as one.
    /// @param account The account.
    error NotARegistrar(address account);
    /// @notice Thrown when approvals are not in strictly ascending order of their registrars: each counts once.
    /// @param registrar The first that is out of order.
    error ApprovalsOutOfOrder(address registrar);
    /// @notice Thrown when fewer registrars approved than must agree.
    /// @param approvals How many approved.
    /// @param threshold How many must.
    error TooFewApprovals(uint256 approvals, uint8 threshold);
    /// @notice Thrown when a registrar did not sign what it is said to approve.
    /// @param registrar The registrar.
    /// @param digest What it should have signed.
    error InvalidApproval(address registrar, bytes32 digest);
    /// @notice Thrown when a public key is neither 0x04 ‖ x ‖ y nor a u256 exponent and an RSA-2048 modulus.
    /// @param length Its length.
    error InvalidPublicKey(uint256 length);
    /// @notice Thrown when a key is to be admitted without a measurement.
    /// @param key The key.
    error NoMeasurement(bytes32 key);
    /// @notice Thrown when a key's expiry has passed or is too far ahead.
    /// @param expiresAt What was given, unix seconds.
    /// @param latest The latest that is taken, unix seconds.
    error InvalidExpiry(uint40 expiresAt, uint256 latest);
    /// @notice Thrown when a key is bound to another measurement already.
    /// @param key The key.
    /// @param measurement The one that it is bound to.
    error KeyHasMeasurement(bytes32 key, bytes32 measurement);
    /// @notice Thrown when a key was revoked, which is for good.
    /// @param key The key.
    error KeyIsRevoked(bytes32 key);
    /// @notice Thrown when a key was never admitted.
    /// @param key The key.
    error UnknownKey(bytes32 key);
    /// @notice Thrown when a key may not sign for a measurement now: it was not admitted for it, has expired or was revoked.
    /// @param key The key.
    /// @param measurement The measurement.
    error KeyNotValid(bytes32 key, bytes32 measurement);

    /* ADMITTING */

    /// @notice Admits a key, or extends its time; anyone who has the registrars' signatures.
    /// @param publicKey 0x04 ‖ x ‖ y of a secp256k1 key; u256 exponent ‖ modulus of an RSA-2048 key.
    /// @param measurement keccak256(PCR0 ‖ PCR1 ‖ PCR2) of its enclave's image.
    /// @param expiresAt Until when it signs, unix seconds: at most 90 days ahead.
    /// @param document The Nitro attestation document; not read here.
    /// @param approvals Signatures of `admissionDigest`, by ascending registrars.
    /// @return key The key's name.
    function admit(
        bytes calldata publicKey,
        bytes32 measurement,
        uint40 expiresAt,
        bytes calldata document,
        Approval[] calldata approvals
    ) external returns (bytes32 key);

    /// @notice Revokes a key from now on; any one registrar.
    /// @param key The key.
    function revoke(bytes32 key) external;

    /// @notice Replaces the registrars; anyone who has the present ones' signatures.
    /// @param accounts The new ones, in ascending order.
    /// @param threshold How many of them must agree.
    /// @param approvals Signatures of `registrarsDigest`, by ascending registrars.
    function setRegistrars(address[] calldata accounts, uint8 threshold, Approval[] calldata approvals) external;

    /* VIEWS */

    /// @notice Who vouches for enclaves.
    /// @return accounts In ascending order.
    /// @return threshold How many of them must agree.
    function registrars() external view returns (address[] memory accounts, uint8 threshold);

    /// @notice What is known of a key.
    /// @param key The key's name.
    /// @return What is known.
    function keyOf(bytes32 key) external view returns (EnclaveKey memory);

    /// @notice What registrars sign to admit a key: EIP-712 of Admission(bytes publicKey,bytes32 measurement,uint40
    /// expiresAt,bytes32 documentHash), `documentHash` being keccak256 of the document.
    /// @param publicKey The key.
    /// @param measurement Its measurement.
    /// @param expiresAt Its expiry.
    /// @param document The document.
    /// @return The digest.
    function admissionDigest(
        bytes calldata publicKey,
        bytes32 measurement,
        uint40 expiresAt,
        bytes calldata document
    ) external view returns (bytes32);

    /// @notice What registrars sign to be replaced: EIP-712 of Registrars(address[] registrars,uint8 threshold,uint256 nonce),
    /// the nonce being the number of replacements before.
    /// @param accounts The new ones.
    /// @param threshold How many of them must agree.
    /// @return The digest.
    function registrarsDigest(address[] calldata accounts, uint8 threshold) external view returns (bytes32);
}
