// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Answer, Attestation, Batch, IAttestationRegistry, Status} from "../interfaces/IAttestationRegistry.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {Contexts} from "../libraries/Contexts.sol";

/// @title Base of every verification method
/// @notice A method inherits this, overrides the hooks it takes, and settles attestations by its own rules. A hook that it
/// doesn't override refuses.
abstract contract VerificationMethod is IVerificationMethod {
    uint40 internal constant MAX_WINDOW = 30 days;
    /// @dev In wei. Money for 2^32 - 1 units and their attestation, or for two full panels, fits a uint128.
    uint128 internal constant MAX_AMOUNT = type(uint96).max;

    IAttestationRegistry internal immutable _registry;
    IBonds internal immutable _bonds;

    /// @inheritdoc IVerificationMethod
    ICampaign public immutable campaign;

    /// @notice Binds a method to its campaign for ever.
    /// @param campaign_ Whose units this method verifies; its registry is this method's.
    /// @param bonds The contract with the money that this method locks.
    constructor(ICampaign campaign_, IBonds bonds) {
        _registry = campaign_.registry();
        campaign = campaign_;
        _bonds = bonds;
    }

    modifier onlyRegistry() {
        _checkRegistry();
        _;
    }

    /* HOOKS */

    /// @inheritdoc IVerificationMethod
    function onAttest(bytes32, Attestation calldata, Answer calldata, bytes calldata) external virtual onlyRegistry {
        _refuse();
    }

    /// @inheritdoc IVerificationMethod
    function onAttestBatch(bytes32, Batch calldata, uint256, bytes calldata) external virtual onlyRegistry {
        _refuse();
    }

    /// @inheritdoc IVerificationMethod
    function onAttestRoot(bytes32, Batch calldata) external virtual onlyRegistry {
        _refuse();
    }

    /// @inheritdoc IVerificationMethod
    function onCommit(bytes32, Attestation calldata) external virtual onlyRegistry {
        _refuse();
    }

    /// @inheritdoc IVerificationMethod
    function onReveal(bytes32, Attestation calldata, Answer calldata) external virtual onlyRegistry {
        _refuse();
    }

    /// @inheritdoc IVerificationMethod
    function onShown(bytes32, uint64, bytes calldata) external virtual {
        _refuse();
    }

    /// @inheritdoc IVerificationMethod
    function onShownSettled(bytes32, Status, address) external virtual {
        _refuse();
    }

    /* VIEWS */

    /// @inheritdoc IVerificationMethod
    /// @dev Takes any model; a method may override it.
    function requireModel(bytes32, bytes calldata) external view virtual {} // solhint-disable-line no-empty-blocks

    /// @inheritdoc IVerificationMethod
    function admitsModels() external view virtual returns (bool) {
        return false;
    }

    /// @inheritdoc IVerificationMethod
    function canVoid() external view virtual returns (bool) {
        return true;
    }

    /// @inheritdoc IVerificationMethod
    function checksInput() external view virtual returns (bool) {
        return false;
    }

    /// @inheritdoc IVerificationMethod
    function verifiersOf(bytes32) external view virtual returns (address[] memory) {
        return new address[](0);
    }

    /* CHECKS */

    /// @dev Refuses the hook that is called.
    function _refuse() private pure {
        revert NotSupported(msg.sig);
    }

    function _checkRegistry() private view {
        require(msg.sender == address(_registry), NotTheRegistry(msg.sender));
    }

    /// @dev Checks that units are of this method's campaign, and that an attestation about them, made now, counts there.
    function _requireUnits(bytes32 modelId, uint8 method, bytes32 context, uint32 count) internal view {
        (address named, , , ) = Contexts.unitOf(context);
        require(Contexts.kind(context) == Contexts.UNIT && named == address(campaign), WrongCampaign(context));
        campaign.requireUnits(modelId, method, context, count);
    }

    /// @dev Checks a constructor's parameter against its bounds, both included.
    function _checkRange(string memory name, uint256 value, uint256 minimum, uint256 maximum) internal pure {
        require(value >= minimum && value <= maximum, InvalidParameter(name, value));
    }
}
