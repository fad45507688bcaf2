// SPDX-License-Identifier: EUPL-1.2
pragma solidity 0.8.37;

import {AccessControlEnumerable} from "@openzeppelin/contracts/access/extensions/AccessControlEnumerable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

/// @title Restricted nudge points of the Metropolis
/// @notice Tamper-evident journal of a points ledger that lives in SQL. Anybody who may reach the node
/// reads it as an ERC-20 (balances, supply, Transfer events); nobody moves points of their own accord:
/// they change in batches sent by the Metropolis' issuer and redeemer, whose lines are numbered.
/// @dev Three properties everything else rests on:
///
/// 1. A number counts once. Lines carry dense numbers (first, first + 1, ...), one bit each (256 to a
///    storage slot). A number seen before is skipped, so a batch sent twice changes nothing.
/// 2. A line never reverts its batch. On a QBFT chain a reverted transaction can block its sender's
///    queue. A line that cannot be applied (no points, no account, more than the balance) uses its
///    number up, is announced by `LineRefused`, and the rest goes on. What does revert is a mistake of
///    the sender as a whole: no role, contract paused, batch empty or too long. A sender checks these
///    first.
/// 3. Nothing reads the block's time, number or producer: the same transactions in the same order on
///    an empty chain end at the same address, supply and balances. (Hence no
///    AccessControlDefaultAdminRules, whose delays are times.)
contract NudgePoints is ERC20, AccessControlEnumerable, Pausable {
    using BitMaps for BitMaps.BitMap;

    /// @notice May mint.
    bytes32 public constant ISSUER_ROLE = keccak256("ISSUER_ROLE");
    /// @notice May move and burn.
    bytes32 public constant REDEEMER_ROLE = keccak256("REDEEMER_ROLE");
    /// @notice May pause and unpause.
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

    /// @notice Most lines in a batch: 200 new accounts stay far below the 16,777,216 gas that EIP-7825
    /// allows a transaction.
    uint256 public constant MAX_LINES = 200;

    /// @notice A batch was processed; `count` = applied + refused + lines whose number was used before.
    /// @param operation selector of the function called: mintBatch, moveBatch or burnBatch
    /// @param first number of the batch's first line
    /// @param count lines in the batch
    /// @param applied lines that changed balances now
    /// @param refused lines whose number is used up without effect (see `LineRefused`)
    /// @param points sum of the points of the applied lines
    event BatchDone(
        bytes4 indexed operation,
        uint256 indexed first,
        uint256 count,
        uint256 applied,
        uint256 refused,
        uint256 points
    );

    /// @notice This line had no effect and never will: reconciliation must explain it.
    /// @param number the line's number, used up
    /// @param account the account that would have received (mint) or given (move, burn)
    /// @param points what the line asked for
    event LineRefused(uint256 indexed number, address indexed account, uint256 points);

    /// @notice Points are not transferable by their holder.
    error NudgePointsNotTransferable();
    /// @notice A batch holds 1 to MAX_LINES lines.
    /// @param lines how many it held
    error NudgePointsBatchSize(uint256 lines);
    /// @notice `moveBatch` needs one recipient for each line.
    /// @param lines how many lines the batch held
    /// @param recipients how many recipients it held
    error NudgePointsRecipients(uint256 lines, uint256 recipients);
    /// @notice The last admin cannot be removed: grant another one first.
    error NudgePointsLastAdmin();

    BitMaps.BitMap private _used;

    /// @param admin gives and takes roles; holds none of the others until granted
    constructor(address admin) ERC20("Points nudge de la Metropole", "NUDGE") {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    /// @notice Give points: adds to balances and supply.
    /// @dev Emits Transfer(0, account, points) for each line applied, then BatchDone. Reverts without
    /// ISSUER_ROLE, when paused, or with 0 or more than MAX_LINES lines.
    /// @param first number of the first line; line i has number first + i
    /// @param lines 20 bytes of account, then 12 bytes of points, big endian
    function mintBatch(uint64 first, bytes32[] calldata lines) external onlyRole(ISSUER_ROLE) whenNotPaused {
        _checkSize(lines.length);
        uint256 applied;
        uint256 refused;
        uint256 total;
        for (uint256 i = 0; i < lines.length; ++i) {
            uint256 number = uint256(first) + i;
            if (!_claim(number)) continue;
            (address account, uint256 points) = _unpack(lines[i]);
            if (account == address(0) || points == 0) {
                ++refused;
                emit LineRefused(number, account, points);
                continue;
            }
            _mint(account, points);
            ++applied;
            total += points;
        }
        emit BatchDone(msg.sig, first, lines.length, applied, refused, total);
    }

    /// @notice Move points, for instance from a citizen's wallet to the partner who honoured a voucher.
    /// @dev Emits Transfer(from, to, points) for each line applied, then BatchDone. A line of more points
    /// than `from` holds is refused. Reverts without REDEEMER_ROLE, when paused, with 0 or more than
    /// MAX_LINES lines, or when the two lists differ in length.
    /// @param first number of the first line; line i has number first + i
    /// @param lines 20 bytes of the account that gives, then 12 bytes of points, big endian
    /// @param recipients the account that receives, one for each line
    function moveBatch(uint64 first, bytes32[] calldata lines, address[] calldata recipients)
        external
        onlyRole(REDEEMER_ROLE)
        whenNotPaused
    {
        _checkSize(lines.length);
        if (lines.length != recipients.length) revert NudgePointsRecipients(lines.length, recipients.length);
        uint256 applied;
        uint256 refused;
        uint256 total;
        for (uint256 i = 0; i < lines.length; ++i) {
            uint256 number = uint256(first) + i;
            if (!_claim(number)) continue;
            (address account, uint256 points) = _unpack(lines[i]);
            address recipient = recipients[i];
            if (
                account == address(0) || recipient == address(0) || points == 0 || balanceOf(account) < points
            ) {
                ++refused;
                emit LineRefused(number, account, points);
                continue;
            }
            _transfer(account, recipient, points);
            ++applied;
            total += points;
        }
        emit BatchDone(msg.sig, first, lines.length, applied, refused, total);
    }

    /// @notice Take points out: subtracts from balances and supply.
    /// @dev Emits Transfer(account, 0, points) for each line applied, then BatchDone. A line of more
    /// points than the account holds is refused. Reverts without REDEEMER_ROLE, when paused, or with 0 or
    /// more than MAX_LINES lines.
    /// @param first number of the first line; line i has number first + i
    /// @param lines 20 bytes of account, then 12 bytes of points, big endian
    function burnBatch(uint64 first, bytes32[] calldata lines) external onlyRole(REDEEMER_ROLE) whenNotPaused {
        _checkSize(lines.length);
        uint256 applied;
        uint256 refused;
        uint256 total;
        for (uint256 i = 0; i < lines.length; ++i) {
            uint256 number = uint256(first) + i;
            if (!_claim(number)) continue;
            (address account, uint256 points) = _unpack(lines[i]);
            if (account == address(0) || points == 0 || balanceOf(account) < points) {
                ++refused;
                emit LineRefused(number, account, points);
                continue;
            }
            _burn(account, points);
            ++applied;
            total += points;
        }
        emit BatchDone(msg.sig, first, lines.length, applied, refused, total);
    }

    /// @notice Stop every batch until `unpause`. Balances stay readable.
    /// @dev Emits Paused. Reverts without PAUSER_ROLE or when paused already.
    function pause() external onlyRole(PAUSER_ROLE) {
        _pause();
    }

    /// @notice Let batches through again.
    /// @dev Emits Unpaused. Reverts without PAUSER_ROLE or when not paused.
    function unpause() external onlyRole(PAUSER_ROLE) {
        _unpause();
    }

    /// @notice Whether a line with this number was processed, applied or refused.
    /// @param number a line's dense number; every number that fits may be asked
    /// @return used true once a batch has held a line of this number
    function isUsed(uint256 number) external view returns (bool used) {
        return _used.get(number);
    }

    /// @notice Version of this contract's rules; another version is another contract at another address.
    /// @return text semantic version
    function version() external pure returns (string memory text) {
        return "1.0.0";
    }

    /// @notice Points are whole: no decimals.
    /// @return places always 0
    function decimals() public pure override returns (uint8 places) {
        return 0;
    }

    /// @notice Always reverts with NudgePointsNotTransferable: holders do not move points.
    function transfer(address, uint256) public pure override returns (bool) {
        revert NudgePointsNotTransferable();
    }

    /// @notice Always reverts with NudgePointsNotTransferable: holders do not move points.
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        revert NudgePointsNotTransferable();
    }

    /// @notice Always reverts with NudgePointsNotTransferable, so every allowance stays zero.
    function approve(address, uint256) public pure override returns (bool) {
        revert NudgePointsNotTransferable();
    }

    /// @dev Marks a number as used. Returns false if it was used before.
    function _claim(uint256 number) private returns (bool) {
        if (_used.get(number)) return false;
        _used.set(number);
        return true;
    }

    /// @dev Refuses to leave the contract without an admin. Reverts with NudgePointsLastAdmin.
    function _revokeRole(bytes32 role, address account) internal override returns (bool) {
        if (role == DEFAULT_ADMIN_ROLE && hasRole(role, account) && getRoleMemberCount(role) == 1) {
            revert NudgePointsLastAdmin();
        }
        return super._revokeRole(role, account);
    }

    /// @dev Reverts with NudgePointsBatchSize unless 1 <= lines <= MAX_LINES.
    function _checkSize(uint256 lines) private pure {
        if (lines == 0 || lines > MAX_LINES) revert NudgePointsBatchSize(lines);
    }

    /// @dev Splits a line into its account (high 160 bits) and points (low 96 bits).
    function _unpack(bytes32 line) private pure returns (address account, uint256 points) {
        account = address(bytes20(line));
        points = uint96(uint256(line));
    }
}
