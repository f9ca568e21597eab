//! The scenarios: each is one thing that a user would notice.

mod accounts;
mod bad_input;
mod clients;
mod compiled;
mod contract_build;
mod contract_guide;
mod contracts;
mod damage;
mod dev;
mod documents;
mod exposure;
mod faults;
mod foreign_contracts;
mod governance;
mod keys;
mod loss;
mod multisig;
mod network;
mod nodes;
mod operation;
mod proofs;
mod reference;
mod renew;
mod rest;
mod round_trip;
mod staking;
mod storage_contract;
mod transactions;
mod upgrade;

pub use dev::stop_dev_chains;

use crate::{Cluster, ClusterOptions, Workspace};
use anyhow::{Result, anyhow};
use futures::future::BoxFuture;
use tokio::sync::OnceCell;

/// How a scenario ended when it did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything was as it should.
    Passed,
    /// This machine cannot show it, for the reason given.
    Skipped(String),
}

/// A scenario.
pub struct Scenario {
    /// Its name: what the user would notice.
    pub name: &'static str,
    /// How much of the machine it needs: about the number of its nodes. Scenarios of one weight too many wait for others to end.
    pub weight: u32,
    /// What happens.
    pub play: for<'a> fn(&'a Stage) -> BoxFuture<'a, Result<Verdict>>,
}

/// Everything that scenarios share.
pub struct Stage {
    workspace: Workspace,
    shared: OnceCell<Result<Cluster, String>>,
    clients: OnceCell<Result<clients::Clients, String>>,
}

impl Stage {
    /// An empty one; the shared chain starts when first asked for.
    pub fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            shared: OnceCell::new(),
            clients: OnceCell::new(),
        }
    }

    /// The chain that benign scenarios share, with six providers.
    pub async fn shared(&self) -> Result<&Cluster> {
        let start = || async {
            let cluster = Cluster::start(&self.workspace, ClusterOptions::new("shared", 6)).await;
            cluster.map_err(|error| format!("the shared chain did not start: {error:#}"))
        };
        self.shared
            .get_or_init(start)
            .await
            .as_ref()
            .map_err(|error| anyhow!(error.clone()))
    }

    /// The chain of clients that we did not write.
    async fn clients(&self) -> Result<&clients::Clients> {
        let start = || async {
            let clients = clients::Clients::start(self).await;
            clients.map_err(|error| format!("the chain of the clients did not start: {error:#}"))
        };
        self.clients
            .get_or_init(start)
            .await
            .as_ref()
            .map_err(|error| anyhow!(error.clone()))
    }

    /// A chain of its own, for a scenario that does harm.
    pub async fn own(&self, name: &str, providers: u32) -> Result<Cluster> {
        Cluster::start(&self.workspace, ClusterOptions::new(name, providers)).await
    }

    /// Where everything is kept.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Stops what is shared, and gives the folder back.
    pub fn close(self) -> Workspace {
        self.workspace
    }
}

/// Names a function as a scenario, with a weight when it is not one.
macro_rules! scenarios {
    ($($module:ident :: $name:ident $(* $weight:literal)?),* $(,)?) => {
        vec![$(Scenario {
            name: concat!(stringify!($module), "::", stringify!($name)),
            weight: 1 $(* $weight)?,
            play: |stage| Box::pin($module::$name(stage)),
        }),*]
    };
}

/// All scenarios. The long ones come first, so that they run beside the many short ones, and none of them begins last; heavy and light ones in
/// turns, so that no room stays empty. Behind `*` stands the weight: four nodes of a network with longer slots weigh three; a compiler weighs
/// two, for it takes all cores.
pub fn all() -> Vec<Scenario> {
    scenarios![
        upgrade::next_runtime_comes_by_referendum_and_everything_goes_on * 6,
        foreign_contracts::published_contracts_are_built_from_their_source_and_run * 2,
        renew::a_renewed_file_is_proved_and_read_after_its_first_end_and_settled_at_the_new_one,
        staking::a_pool_member_joins_and_claims,
        governance::safe_mode_stops_transfers_and_neither_blocks_nor_proofs_nor_the_vote_that_lifts_it,
        faults::provider_whose_clock_jumps_goes_on_proving,
        staking::a_nominator_shares_the_rewards,
        damage::provider_whose_data_was_deleted_is_slashed_and_then_faulted,
        faults::validator_that_authors_twice_is_slashed_and_the_chain_lives * 3,
        network::four_validators_finalize_transfers_while_one_is_killed_and_comes_back * 3,
        faults::validator_whose_clock_jumps_costs_nobody_anything * 3,
        network::four_validators_cut_in_two_finalize_nothing_until_they_meet_again * 3,
        governance::a_voter_changes_a_parameter_of_the_market_and_unlocks_what_the_vote_locked,
        staking::a_second_validator_joins_by_the_guides_steps_is_elected_earns_is_paid_out_chills_and_withdraws * 2,
        loss::provider_killed_during_put_costs_nothing_but_time,
        faults::killed_node_comes_back_on_the_chain_that_it_had_finalized * 2,
        governance::the_treasury_pays_what_a_spenders_track_approves,
        proofs::trust_passes_from_validators_to_their_successors_and_needs_no_node * 2,
        governance::a_whitelisted_call_passes_on_its_own_track,
        exposure::flood_of_calls_costs_the_chain_no_blocks * 2,
        damage::one_lost_slot_is_conceded_and_the_others_go_on_earning,
        loss::killed_provider_restarts_with_every_slot_and_goes_on_proving,
        accounts::removed_file_is_gone_and_the_rest_of_its_escrow_comes_back,
        storage_contract::a_contract_opens_a_deal_that_anyone_funds_and_extends,
        foreign_contracts::bundles_of_another_build_tool_are_judged_deployed_and_run,
        reference::an_upgrade_is_shown_to_voters,
        multisig::proxies_do_what_their_type_allows_and_no_more,
        multisig::two_of_three_move_what_they_hold_together,
        clients::polkadot_js_decodes_everything_transfers_stakes_votes_and_opens_a_deal,
        clients::light_client_syncs_follows_finality_and_sends_a_transfer,
        clients::papi_is_typed_by_our_metadata_and_transfers,
        clients::subxt_transfers_and_watches_the_market,
        loss::two_of_six_may_vanish_and_the_third_is_named,
        damage::corrupted_bytes_are_noticed_and_the_provider_is_named,
        governance::a_delegation_counts_until_it_is_taken_back,
        multisig::names_are_shown_and_tokens_become_free_over_time,
        dev::chain_of_one_command_takes_a_file_and_goes_without_a_trace,
        nodes::validator_and_full_node_agree_and_finalize * 2,
        operation::rotated_keys_are_registered_and_doctor_finds_them,
        operation::doctor_names_what_is_wrong_and_fails,
        operation::spec_or_database_that_does_not_fit_is_named,
        compiled::a_second_start_compiles_nothing_unless_the_disk_spoiled_the_code,
        compiled::purge_chain_takes_the_compiled_code_and_leaves_the_keys,
        compiled::a_folder_that_others_can_write_is_not_used_for_compiled_code,
        operation::node_stops_at_once_and_well,
        operation::log_as_json_has_an_object_on_each_line,
        operation::health_and_metrics_say_that_the_node_works,
        exposure::unsafe_call_from_outside_is_refused,
        exposure::page_of_another_host_gets_no_answer,
        storage_contract::quotes_for_a_wrong_owner_or_file_are_refused_before_anything_is_sent,
        bad_input::another_chain_is_refused,
        contract_guide::a_contract_comes_from_nothing_to_a_page_as_the_guide_says * 2,
        contract_build::a_new_contract_is_tested_built_and_checked_as_the_readme_says * 2,
        contract_build::a_new_contract_reads_the_storage_market_with_the_crate_of_a_checkout * 2,
        contract_build::the_same_source_in_two_folders_gives_the_same_bytes * 2,
        contract_build::a_contract_that_computes_with_floats_is_refused_with_the_functions_name * 2,
        contract_build::what_is_no_contract_is_told_apart_before_anything_is_compiled,
        contracts::a_contract_gets_other_code_and_its_old_code_is_removed,
        contracts::what_goes_wrong_in_a_contract_is_told_apart_and_costs_nothing,
        contracts::a_contract_is_stored_made_called_and_read_and_shows_its_events,
        contracts::bundles_that_the_chain_would_refuse_are_named_before_anything_is_asked,
        keys::key_files_go_to_polkadot_js_and_come_back,
        multisig::other_tokens_are_made_sent_and_burnt,
        reference::pages_in_the_documents_are_those_of_the_running_runtime,
        round_trip::of_200_mib * 2,
        rest::deals_proofs_and_what_accounts_hold_are_shown_decoded,
        transactions::commands_of_the_transactions_guide_work,
        accounts::everything_comes_back_on_a_second_machine_from_the_words_alone,
        clients::polkadot_js_reads_the_deal_of_a_file_and_pays,
        staking::too_little_bond_is_named,
        rest::referendum_is_shown_with_its_call_votes_and_deadlines,
        rest::pages_show_everything_once,
        governance::bad_proposals_are_refused_before_anything_is_sent,
        proofs::a_deal_its_slot_and_an_account_are_proved_and_altered_files_are_refused,
        transactions::a_signed_transaction_is_sent_later_unless_it_has_expired,
        transactions::a_call_is_made_by_its_name_tried_out_and_sent,
        transactions::tokens_that_votes_lock_are_named_when_they_are_missing,
        transactions::calls_of_one_account_sent_at_the_same_time_all_take_effect,
        transactions::a_batch_is_shown_with_its_calls_and_takes_effect,
        transactions::an_account_is_emptied_only_when_asked,
        transactions::mistakes_in_calls_are_named_and_nothing_is_sent,
        transactions::everything_in_the_newest_blocks_can_be_taken_apart,
        keys::accounts_of_every_scheme_pay_and_are_paid,
        keys::commands_of_the_accounts_guide_work,
        keys::accounts_work_without_a_node,
        keys::balance_names_what_holds_the_rest,
        keys::accounts_of_an_earlier_release_become_key_files,
        keys::password_is_asked_for_on_a_terminal,
        round_trip::of_0_bytes,
        round_trip::of_1_byte,
        round_trip::of_1_kib,
        round_trip::of_1_mib_less_one,
        round_trip::of_1_mib,
        round_trip::of_1_mib_and_one,
        accounts::without_funds_put_says_what_is_needed_and_held,
        rest::answers_are_as_the_openapi_document_says,
        rest::transfer_is_found_in_its_block_and_the_accounts_follow,
        rest::bad_input_is_answered_with_what_to_do_next,
        rest::commands_of_the_rest_guide_work,
        bad_input::path_that_cannot_be_read_or_written_is_named,
        bad_input::full_disk_leaves_no_half_file,
        bad_input::price_above_the_limit_is_refused_before_anything_is_sent,
        bad_input::too_few_providers_are_counted,
        bad_input::unknown_name_is_not_found,
        bad_input::unreachable_node_is_named,
        bad_input::malformed_rpc_is_answered_with_an_error,
        documents::commands_in_the_documents_exist,
    ]
}
