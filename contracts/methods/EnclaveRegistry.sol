// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Approval, EnclaveKey, IEnclaveRegistry} from "../interfaces/IEnclaveRegistry.sol";
import {RsaPss} from "../libraries/RsaPss.sol";
import {Signatures} from "../libraries/Signatures.sol";

/// @title The enclaves' keys and who vouches for them
/// @notice See `IEnclaveRegistry`.
abstract contract EnclaveRegistry is IEnclaveRegistry, EIP712 {
    /// @dev What a key is bound to for ever.
    struct Binding {
        bytes32 measurement;
        bool revoked;
    }

    bytes32 private constant ADMISSION_TYPEHASH = keccak256(
        "Admission(bytes publicKey,bytes32 measurement,uint40 expiresAt,bytes32 documentHash)"
    );
    bytes32 private constant REGISTRARS_TYPEHASH = keccak256(
        "Registrars(address[] registrars,uint8 threshold,uint256 nonce)"
    );
    uint256 private constant LONGEST_LIFE = 90 days;
    uint256 private constant MAX_REGISTRARS = 32;
    uint256 private constant SECP256K1_LENGTH = 65;
    uint256 private constant RSA_LENGTH = 288;

    /// @dev Found by key and measurement at once: the signing path reads one slot.
    mapping(bytes32 key => mapping(bytes32 measurement => uint40)) private _until;
    mapping(bytes32 key => Binding) private _bindings;

    address[] private _registrars;
    mapping(address account => bool) private _isRegistrar;
    uint8 private _threshold;
    uint256 private _nonce;

    /// @notice Names the first registrars.
    /// @param accounts In ascending order.
    /// @param threshold How many of them must agree.
    constructor(address[] memory accounts, uint8 threshold) EIP712("Proofboard Enclave", "1") {
        _setRegistrars(accounts, threshold);
    }

    /* ADMITTING */

    /// @inheritdoc IEnclaveRegistry
    function admit(
        bytes calldata publicKey,
        bytes32 measurement,
        uint40 expiresAt,
        bytes calldata document,
        Approval[] calldata approvals
    ) external returns (bytes32 key) {
        key = _nameOf(publicKey);
        require(measurement != 0, NoMeasurement(key));
        uint256 latest = block.timestamp + LONGEST_LIFE;
        require(expiresAt > block.timestamp && expiresAt <= latest, InvalidExpiry(expiresAt, latest));
        Binding storage binding = _bindings[key];
        require(!binding.revoked, KeyIsRevoked(key));
        bytes32 bound = binding.measurement;
        require(bound == 0 || bound == measurement, KeyHasMeasurement(key, bound));
        _requireApproval(admissionDigest(publicKey, measurement, expiresAt, document), approvals);

        binding.measurement = measurement;
        _until[key][measurement] = expiresAt;

        emit KeyAdmitted(key, measurement, expiresAt, publicKey, document);
    }

    /// @inheritdoc IEnclaveRegistry
    function revoke(bytes32 key) external {
        require(_isRegistrar[msg.sender], NotARegistrar(msg.sender));
        Binding storage binding = _bindings[key];
        require(binding.measurement != 0, UnknownKey(key));
        require(!binding.revoked, KeyIsRevoked(key));

        binding.revoked = true;
        uint40 until = _until[key][binding.measurement];
        if (until > block.timestamp) _until[key][binding.measurement] = uint40(block.timestamp);

        emit KeyRevoked(key, msg.sender);
    }

    /// @inheritdoc IEnclaveRegistry
    function setRegistrars(address[] calldata accounts, uint8 threshold, Approval[] calldata approvals) external {
        _requireApproval(registrarsDigest(accounts, threshold), approvals);

        ++_nonce;
        for (uint256 i = 0; i < _registrars.length; ++i) delete _isRegistrar[_registrars[i]];
        _setRegistrars(accounts, threshold);
    }

    /* VIEWS */

    /// @inheritdoc IEnclaveRegistry
    function registrars() external view returns (address[] memory accounts, uint8 threshold) {
        return (_registrars, _threshold);
    }

    /// @inheritdoc IEnclaveRegistry
    function keyOf(bytes32 key) external view returns (EnclaveKey memory) {
        Binding memory binding = _bindings[key];
        return EnclaveKey(binding.measurement, _until[key][binding.measurement], binding.revoked);
    }

    /// @inheritdoc IEnclaveRegistry
    function admissionDigest(
        bytes calldata publicKey,
        bytes32 measurement,
        uint40 expiresAt,
        bytes calldata document
    ) public view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(ADMISSION_TYPEHASH, keccak256(publicKey), measurement, expiresAt, keccak256(document))
                )
            );
    }

    /// @inheritdoc IEnclaveRegistry
    function registrarsDigest(address[] calldata accounts, uint8 threshold) public view returns (bytes32) {
        bytes32 hash = keccak256(abi.encodePacked(accounts));
        return _hashTypedDataV4(keccak256(abi.encode(REGISTRARS_TYPEHASH, hash, threshold, _nonce)));
    }

    /* CHECKS */

    /// @dev Checks that a key may sign for a measurement now.
    function _requireKey(bytes32 key, bytes32 measurement) internal view {
        require(block.timestamp < _until[key][measurement], KeyNotValid(key, measurement));
    }

    /// @dev An RSA key's name is the hash of its public key, a secp256k1 key's its address.
    function _nameOf(bytes calldata publicKey) internal pure returns (bytes32) {
        if (publicKey.length == SECP256K1_LENGTH && publicKey[0] == 0x04)
            return bytes32(uint256(uint160(uint256(keccak256(publicKey[1:])))));
        bool isRsa = publicKey.length == RSA_LENGTH && RsaPss.isKey(uint256(bytes32(publicKey)), publicKey[32:]);
        require(isRsa, InvalidPublicKey(publicKey.length));
        return keccak256(publicKey);
    }

    function _requireApproval(bytes32 digest, Approval[] calldata approvals) private view {
        require(approvals.length >= _threshold, TooFewApprovals(approvals.length, _threshold));
        address last = address(0);
        for (uint256 i = 0; i < approvals.length; ++i) {
            address registrar = approvals[i].registrar;
            require(registrar > last, ApprovalsOutOfOrder(registrar));
            require(_isRegistrar[registrar], NotARegistrar(registrar));
            require(Signatures.isValid(registrar, digest, approvals[i].signature), InvalidApproval(registrar, digest));
            last = registrar;
        }
    }

    function _setRegistrars(address[] memory accounts, uint8 threshold) private {
        require(threshold != 0 && threshold <= accounts.length, InvalidThreshold(threshold, accounts.length));
        address last = address(0);
        for (uint256 i = 0; i < accounts.length; ++i) {
            require(accounts[i] > last && i < MAX_REGISTRARS, InvalidRegistrars(i));
            last = accounts[i];
            _isRegistrar[last] = true;
        }
        (_registrars, _threshold) = (accounts, threshold);

        emit RegistrarsSet(accounts, threshold);
    }
}
