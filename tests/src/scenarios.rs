//! The scenarios: each is one thing that a user would notice.

mod accounts;
mod bad_input;
mod damage;
mod dev;
mod documents;
mod ecosystem;
mod exposure;
mod faults;
mod loss;
mod network;
mod nodes;
mod operation;
mod round_trip;
mod staking;

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
    /// What happens.
    pub play: for<'a> fn(&'a Stage) -> BoxFuture<'a, Result<Verdict>>,
}

/// Everything that scenarios share.
pub struct Stage {
    workspace: Workspace,
    shared: OnceCell<Result<Cluster, String>>,
}

impl Stage {
    /// An empty one; the shared chain starts when first asked for.
    pub fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            shared: OnceCell::new(),
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

/// Names a function as a scenario.
macro_rules! scenarios {
    ($($module:ident :: $name:ident),* $(,)?) => {
        vec![$(Scenario {
            name: concat!(stringify!($module), "::", stringify!($name)),
            play: |stage| Box::pin($module::$name(stage)),
        }),*]
    };
}

/// All scenarios. The long ones come first, so that they run beside the many short ones.
pub fn all() -> Vec<Scenario> {
    scenarios![
        staking::a_second_validator_joins_by_the_guides_steps_is_elected_earns_is_paid_out_chills_and_withdraws,
        staking::a_pool_member_joins_and_claims,
        staking::a_nominator_shares_the_rewards,
        faults::validator_that_authors_twice_is_slashed_and_the_chain_lives,
        faults::provider_whose_clock_jumps_goes_on_proving,
        faults::validator_whose_clock_jumps_costs_nobody_anything,
        faults::killed_node_comes_back_on_the_chain_that_it_had_finalized,
        damage::provider_whose_data_was_deleted_is_slashed_and_then_faulted,
        damage::one_lost_slot_is_conceded_and_the_others_go_on_earning,
        loss::killed_provider_restarts_with_every_slot_and_goes_on_proving,
        accounts::removed_file_is_gone_and_the_rest_of_its_escrow_comes_back,
        loss::two_of_six_may_vanish_and_the_third_is_named,
        round_trip::of_200_mib,
        loss::provider_killed_during_put_costs_nothing_but_time,
        damage::corrupted_bytes_are_noticed_and_the_provider_is_named,
        network::four_validators_cut_in_two_finalize_nothing_until_they_meet_again,
        network::four_validators_finalize_transfers_while_one_is_killed_and_comes_back,
        dev::chain_of_one_command_takes_a_file_and_goes_without_a_trace,
        nodes::validator_and_full_node_agree_and_finalize,
        exposure::flood_of_calls_costs_the_chain_no_blocks,
        operation::rotated_keys_are_registered_and_doctor_finds_them,
        operation::spec_or_database_that_does_not_fit_is_named,
        operation::doctor_names_what_is_wrong_and_fails,
        operation::node_stops_at_once_and_well,
        operation::log_as_json_has_an_object_on_each_line,
        operation::health_and_metrics_say_that_the_node_works,
        exposure::unsafe_call_from_outside_is_refused,
        exposure::page_of_another_host_gets_no_answer,
        round_trip::of_0_bytes,
        round_trip::of_1_byte,
        round_trip::of_1_kib,
        round_trip::of_1_mib_less_one,
        round_trip::of_1_mib,
        round_trip::of_1_mib_and_one,
        accounts::everything_comes_back_on_a_second_machine_from_the_words_alone,
        accounts::without_funds_put_says_what_is_needed_and_held,
        ecosystem::library_that_we_did_not_write_reads_and_transfers,
        staking::too_little_bond_is_named,
        bad_input::another_chain_is_refused,
        bad_input::unreachable_node_is_named,
        bad_input::unknown_name_is_not_found,
        bad_input::path_that_cannot_be_read_or_written_is_named,
        bad_input::full_disk_leaves_no_half_file,
        bad_input::price_above_the_limit_is_refused_before_anything_is_sent,
        bad_input::too_few_providers_are_counted,
        bad_input::malformed_rpc_is_answered_with_an_error,
        documents::commands_in_the_documents_exist,
    ]
}
