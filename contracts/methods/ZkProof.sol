// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Answer, Attestation, Status} from "../interfaces/IAttestationRegistry.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {IFraudProof} from "../interfaces/IFraudProof.sol";
import {Model} from "../interfaces/IModelRegistry.sol";
import {IQuorum} from "../interfaces/IQuorum.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {IZkProof} from "../interfaces/IZkProof.sol";
import {Contexts} from "../libraries/Contexts.sol";
import {Groth16} from "../libraries/Groth16.sol";
import {LayoutParts, Layouts} from "../libraries/Layouts.sol";
import {VerificationMethod} from "./VerificationMethod.sol";

/// @title ZkProof
/// @notice See `IZkProof`.
contract ZkProof is IZkProof, VerificationMethod {
    /// @dev Where a model's parts are, in memory.
    struct Circuit {
        uint256 inputHeaderAt;
        uint256 inputHeaderLength;
        uint256 inputLength;
        uint256 outputHeaderAt;
        uint256 outputHeaderLength;
        uint256 outputLength;
        uint256 keyAt;
    }

    bytes32 private constant TAG = "GROTH16_V1";
    bytes32 private constant TEST_TAG = "GROTH16_TEST_V1";
    /// @dev tag ‖ sha256(witness.wasm) ‖ sha256(proving.zkey), before a key's points.
    uint256 private constant KEY_PREFIX = 96;
    uint256 private constant SIGNAL_BYTES = 31;
    /// @dev EIP-170's limit of a contract's code.
    uint256 private constant MAX_CODE = 24_576;
    /// @dev 0x00 ‖ u16 length of header_in ‖ u16 length of header_out, before headers and key.
    uint256 private constant CODE_PREFIX = 5;

    /// @dev Accounts whose code is 0x00 ‖ u16 length ‖ u16 length ‖ header_in ‖ header_out ‖ key: read at the price of one slot.
    mapping(bytes32 modelId => address) private _circuits;

    /// @notice Binds the method to its campaign for ever.
    /// @param campaign_ Whose units this method verifies; its registry is this method's.
    /// @param bonds The contract with provers' bonds; this method locks none.
    constructor(ICampaign campaign_, IBonds bonds) VerificationMethod(campaign_, bonds) {} // solhint-disable-line no-empty-blocks

    /* KEYS */

    /// @inheritdoc IZkProof
    function admit(bytes32 modelId, bytes calldata layoutBytes, bytes calldata key) external {
        require(_circuits[modelId] == address(0), KeyAlreadyAdmitted(modelId));
        bytes32 keyHash = _checkHashes(modelId, layoutBytes, key);
        (bytes memory headers, uint256 dataLength) = _headersOf(layoutBytes);
        bool isTest = _checkKey(key, dataLength);

        _circuits[modelId] = _store(bytes.concat(headers, key));

        emit VerifyingKeyAdmitted(modelId, keyHash, isTest);
    }

    /* HOOKS */

    /// @inheritdoc IVerificationMethod
    /// @dev `evidence` is input ‖ output ‖ A ‖ B ‖ C. The attestation's `by` is its prover: the hook isn't told who relayed it.
    function onAttest(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        if (Contexts.kind(attestation.context) == Contexts.UNIT) {
            _requireUnits(attestation.modelId, attestation.method, attestation.context, 1);
        }
        require(opened.traceHash == 0, IQuorum.UnexpectedTrace(uid, opened.traceHash));
        Circuit memory circuit = _circuitOf(attestation.modelId);
        uint256 outputAt = circuit.inputLength;
        uint256 proofAt = outputAt + circuit.outputLength;
        require(
            evidence.length == proofAt + Groth16.PROOF_BYTES,
            WrongEvidenceLength(evidence.length, proofAt + Groth16.PROOF_BYTES)
        );
        bytes32 inputHash = _tensorHash(circuit.inputHeaderAt, circuit.inputHeaderLength, evidence[:outputAt]);
        require(inputHash == attestation.inputHash, WrongTensor(inputHash, attestation.inputHash));
        bytes32 outputHash = _tensorHash(
            circuit.outputHeaderAt,
            circuit.outputHeaderLength,
            evidence[outputAt:proofAt]
        );
        require(outputHash == opened.outputHash, WrongTensor(outputHash, opened.outputHash));
        // An attestation's name is recorded once, so its proof is used once, however it is written.
        require(
            Groth16.verify(circuit.keyAt + KEY_PREFIX, evidence[:proofAt], uint256(uid) >> 8, evidence[proofAt:]),
            InvalidProof(uid)
        );

        emit Proven(uid, bytes32(_wordAt(circuit.keyAt)) == TEST_TAG, evidence);

        _registry.settle(uid, Status.Verified, attestation.prover);
    }

    /* VIEWS */

    /// @inheritdoc IZkProof
    function keyOf(bytes32 modelId) external view returns (bytes memory key) {
        if (_circuits[modelId] == address(0)) return key;
        Circuit memory circuit = _circuitOf(modelId);
        uint256 length = _keyLength(circuit.inputLength + circuit.outputLength);
        uint256 keyAt = circuit.keyAt;
        key = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(key, 0x20), keyAt, length)
        }
    }

    /// @inheritdoc IVerificationMethod
    /// @dev The model alone says which circuit proves it: its layout is checked when the key is admitted.
    function requireModel(
        bytes32 modelId,
        bytes calldata
    ) external view override(IVerificationMethod, VerificationMethod) {
        require(_circuits[modelId] != address(0), KeyNotAdmitted(modelId));
    }

    /// @inheritdoc IVerificationMethod
    /// @dev An attestation is settled in the transaction that records it.
    function longest() external pure returns (uint64) {
        return 0;
    }

    /// @inheritdoc IVerificationMethod
    /// @dev Every attestation under this method is Verified.
    function canVoid() external pure override(IVerificationMethod, VerificationMethod) returns (bool) {
        return false;
    }

    /* CIRCUITS */

    /// @dev Compares layout and key with the hashes of a published model; returns the key's.
    function _checkHashes(
        bytes32 modelId,
        bytes calldata layoutBytes,
        bytes calldata key
    ) private view returns (bytes32 keyHash) {
        Model memory model = _registry.models().modelOf(modelId);
        bytes32 layoutHash = keccak256(layoutBytes);
        require(layoutHash == model.layoutHash, IFraudProof.WrongLayout(layoutHash, model.layoutHash));
        keyHash = keccak256(key);
        require(keyHash == model.verifyingKeyHash, WrongKey(keyHash, model.verifyingKeyHash));
    }

    /// @dev The code of a model's account up to its key, and the length of input and output together.
    function _headersOf(bytes calldata layoutBytes) private pure returns (bytes memory headers, uint256 dataLength) {
        LayoutParts memory parts = Layouts.parse(layoutBytes);
        bytes calldata input = layoutBytes[parts.inputHeaderAt:parts.inputHeaderAt + parts.inputHeaderLength];
        bytes calldata output = layoutBytes[parts.outputHeaderAt:parts.outputHeaderAt + parts.outputHeaderLength];
        (, uint256 inputLength) = Layouts.tensor(input);
        (, uint256 outputLength) = Layouts.tensor(output);
        dataLength = inputLength + outputLength;
        headers = abi.encodePacked(hex"00", uint16(input.length), uint16(output.length), input, output);
    }

    /// @dev Checks a key's tag, its length for so much data, and its points; returns whether it is a test's.
    function _checkKey(bytes calldata key, uint256 dataLength) private view returns (bool isTest) {
        uint256 expected = _keyLength(dataLength);
        bytes32 tag = bytes32(key);
        isTest = tag == TEST_TAG;
        require((isTest || tag == TAG) && key.length == expected, MalformedKey(tag, key.length, expected));
        require(Groth16.arePoints(key[KEY_PREFIX:]), InvalidKeyPoint());
    }

    /// @dev Makes an account with this code.
    function _store(bytes memory code) private returns (address stored) {
        uint256 length = code.length;
        require(length <= MAX_CODE, KeyTooLarge(length));
        // 61 length 80 60 0a 3d 39 3d f3: returns the `length` bytes behind these ten as code.
        bytes memory creation = abi.encodePacked(hex"61", uint16(length), hex"80600a3d393df3", code);
        assembly ("memory-safe") {
            stored := create(0, add(creation, 0x20), mload(creation))
        }
        require(stored != address(0), KeyTooLarge(length));
    }

    /// @dev Reads a model's circuit; reverts if its key isn't admitted.
    function _circuitOf(bytes32 modelId) private view returns (Circuit memory circuit) {
        address stored = _circuits[modelId];
        require(stored != address(0), KeyNotAdmitted(modelId));
        bytes memory code = stored.code;
        uint256 at;
        assembly ("memory-safe") {
            at := add(code, 0x20)
        }
        uint256 lengths = _wordAt(at + 1) >> 224;
        circuit.inputHeaderAt = at + CODE_PREFIX;
        circuit.inputHeaderLength = lengths >> 16;
        circuit.outputHeaderAt = circuit.inputHeaderAt + circuit.inputHeaderLength;
        circuit.outputHeaderLength = uint16(lengths);
        circuit.keyAt = circuit.outputHeaderAt + circuit.outputHeaderLength;
        // A header ends with the length of its tensor's data, a u32.
        circuit.inputLength = uint32(_wordAt(circuit.outputHeaderAt - 32));
        circuit.outputLength = uint32(_wordAt(circuit.keyAt - 32));
    }

    function _wordAt(uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(at)
        }
    }

    /// @dev Length of a key for an input and an output of `dataLength` bytes together.
    function _keyLength(uint256 dataLength) private pure returns (uint256) {
        uint256 signals = (dataLength + SIGNAL_BYTES - 1) / SIGNAL_BYTES + 1;
        return KEY_PREFIX + Groth16.FIXED_POINTS + 64 * (signals + 1);
    }

    /// @dev keccak256(header ‖ data), the header in memory.
    function _tensorHash(
        uint256 headerAt,
        uint256 headerLength,
        bytes calldata data
    ) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            // Scratch at the free pointer, which stays.
            let scratch := mload(0x40)
            mcopy(scratch, headerAt, headerLength)
            calldatacopy(add(scratch, headerLength), data.offset, data.length)
            result := keccak256(scratch, add(headerLength, data.length))
        }
    }
}
