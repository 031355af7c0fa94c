// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IIdentityRegistry} from "../interfaces/erc/IERC8004.sol";

/// @title The smallest identity registry by the draft ERC-8004
/// @notice Written from the draft's text: agents are tokens, numbered from 0. An agent's wallet is its first owner until it
/// agrees to be another's; the draft asks for a signature, here the wallet sends the transaction.
contract MockAgentRegistry is IIdentityRegistry, ERC721 {
    mapping(uint256 agentId => address) private _wallets;
    uint256 private _count;

    constructor() ERC721("Agents", "AGENT") {}

    function register() external returns (uint256 agentId) {
        agentId = _count++;
        _wallets[agentId] = msg.sender;
        _mint(msg.sender, agentId);
    }

    /// @notice The sender becomes an agent's wallet.
    function becomeWallet(uint256 agentId) external {
        _requireOwned(agentId);
        _wallets[agentId] = msg.sender;
    }

    /// @inheritdoc IIdentityRegistry
    function getAgentWallet(uint256 agentId) external view returns (address) {
        _requireOwned(agentId);
        return _wallets[agentId];
    }

    /// @inheritdoc IIdentityRegistry
    function ownerOf(uint256 agentId) public view override(IIdentityRegistry, ERC721) returns (address) {
        return super.ownerOf(agentId);
    }

    function isAuthorizedOrOwner(address account, uint256 agentId) external view returns (bool) {
        return _isAuthorized(_requireOwned(agentId), account, agentId);
    }

    function _update(address to, uint256 agentId, address auth) internal override returns (address from) {
        from = super._update(to, agentId, auth);
        if (from != address(0)) _wallets[agentId] = address(0);
    }
}
