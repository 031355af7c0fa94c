// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Bonds} from "../../../contracts/Bonds.sol";
import {Answer, Attestation} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {IQuorum, QuorumParameters} from "../../../contracts/interfaces/IQuorum.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {MockBeacon} from "../../../contracts/mocks/MockBeacon.sol";
import {FraudProof} from "../../../contracts/methods/FraudProof.sol";
import {Protocol} from "../Protocol.sol";
import {createFrom, vm} from "../Vm.sol";

/// @notice A Quorum, method 1, for free-standing work.
abstract contract QuorumProtocol is Protocol {
    uint128 internal constant BOND = 25;
    uint128 internal constant VOTE_LOSS = 10;
    uint128 internal constant ABSENCE_LOSS = 4;
    uint128 internal constant FEE = 3;
    uint40 internal constant WINDOW = 100;
    bytes32 internal constant OUTPUT = keccak256("output");

    Bonds internal bonds = new Bonds();
    MockBeacon internal beacon = new MockBeacon();
    FraudProof internal fraud;
    IQuorum internal quorum;

    function _deploy(uint8 firstPanel, uint8 decidingPanel) internal {
        fraud = new FraudProof(campaign, bonds, WINDOW, 10, 10);
        QuorumParameters memory parameters = QuorumParameters({
            firstPanel: firstPanel,
            firstThreshold: firstPanel / 2 + 1,
            decidingPanel: decidingPanel,
            decidingThreshold: decidingPanel / 2 + 1,
            load: 255,
            drawDelay: 2,
            drawWindow: WINDOW,
            commitWindow: WINDOW,
            revealWindow: WINDOW,
            appealWindow: WINDOW,
            verifierBond: BOND,
            voteLoss: VOTE_LOSS,
            absenceLoss: ABSENCE_LOSS,
            stake: FEE * decidingPanel,
            seatFee: FEE
        });
        bytes memory arguments = abi.encode(campaign, bonds, beacon, fraud, parameters);
        quorum = IQuorum(createFrom("Quorum.sol:Quorum", arguments));
        registry.addMethod(quorum);
        vm.roll(1000);
        vm.warp(1_000_000);
    }

    function _deposit(address account, uint256 amount) internal {
        vm.deal(address(this), amount);
        bonds.deposit{value: amount}(address(quorum), account);
    }

    function _join(address account) internal {
        _deposit(account, BOND);
        vm.prank(account);
        quorum.join();
    }

    function _quit(address account) internal {
        vm.prank(account);
        quorum.quit();
    }

    /// @dev `prover` commits a free attestation about `inputHash`, whose answer is OUTPUT with salt zero.
    function _attestation(address prover, bytes32 inputHash) internal view returns (Attestation memory) {
        bytes32 answer = Commitments.answer(prover, OUTPUT, 0, 0);
        return Attestation(prover, 1, modelId, inputHash, 0, answer);
    }

    function _openAnswer(Attestation memory attestation) internal {
        vm.prank(attestation.prover);
        registry.reveal(1, modelId, attestation.inputHash, 0, Answer(OUTPUT, 0, 0));
    }

    function _next(uint256 blocks) internal {
        vm.roll(block.number + blocks);
    }
}
