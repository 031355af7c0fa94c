// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {AttestationRegistry} from "../../contracts/AttestationRegistry.sol";
import {Campaign} from "../../contracts/Campaign.sol";
import {ModelRegistry} from "../../contracts/ModelRegistry.sol";
import {Attestation} from "../../contracts/interfaces/IAttestationRegistry.sol";
import {Publication} from "../../contracts/interfaces/IModelRegistry.sol";
import {vm} from "./Vm.sol";

/// @notice Registries and a Campaign whose manager is this contract, and a published model of four int8 elements.
abstract contract Protocol {
    uint64 internal constant CLOSING_MARGIN = 60;

    AttestationRegistry internal registry;
    Campaign internal campaign;
    bytes32 internal modelId;
    bytes internal layout;

    constructor() {
        AccessManager manager = new AccessManager(address(this));
        ModelRegistry models = new ModelRegistry();
        registry = new AttestationRegistry(models, address(manager));
        campaign = new Campaign(registry, CLOSING_MARGIN, address(manager));
        bytes memory header = abi.encodePacked(
            bytes32("TENSOR_V1"),
            uint16(1),
            "x",
            uint8(3),
            uint8(1),
            uint32(4),
            uint32(4)
        );
        uint16 length = uint16(header.length);
        layout = abi.encodePacked(bytes32("LAYOUT_V1"), uint16(0), length, header, length, header);
        modelId = models.publish(Publication("artifact", "runtime", 0, 0), layout, "", "");
    }

    function unitContext(uint256 seasonId, uint256 taskId, uint256 unit) internal view returns (bytes32) {
        return bytes32(abi.encodePacked(uint8(1), campaign, uint24(seasonId), uint24(taskId), uint40(unit)));
    }

    /// @dev The attestation's prover commits it.
    function commit(Attestation memory attestation) internal returns (bytes32 uid) {
        vm.prank(attestation.prover);
        return
            registry.commit(
                attestation.method,
                attestation.modelId,
                attestation.inputHash,
                attestation.context,
                attestation.answer
            );
    }
}
