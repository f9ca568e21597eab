//! `blocs gov tracks`

use super::desk::Assembly;
use crate::{commands::Context, units::bloc};
use blocs_chain::governance::{Curve, Share, Track};
use serde_json::{Value, json};

/// Lists the tracks.
pub(super) async fn run(context: &Context) -> anyhow::Result<()> {
    let assembly = Assembly::open(context).await?;
    let rows = assembly.tracks.iter().map(|track| {
        let length = |blocks| crate::units::duration(assembly.clock.slot.saturating_mul(blocks));
        let cells = vec![
            track.id.to_string(),
            track.name.clone(),
            bloc(track.decision_deposit),
            length(track.prepare_period),
            length(track.decision_period),
            length(track.confirm_period),
            length(track.min_enactment_period),
            range(&track.min_approval),
            range(&track.min_support),
        ];
        (value(track), cells)
    });
    let headings = [
        "ID", "TRACK", "DEPOSIT", "PREPARE", "DECIDE", "CONFIRM", "ENACT", "APPROVAL", "SUPPORT",
    ];
    context.output.table(&headings, rows.collect())?;
    context.output.note(format!(
        "A proposal holds {} besides. Approval and support are what is needed when the decision begins and when it ends.",
        bloc(assembly.limits.submission_deposit)
    ));
    Ok(())
}

/// What is needed in the beginning and in the end.
fn range(curve: &Curve) -> String {
    format!("{} to {}", curve.threshold(Share::ZERO), curve.threshold(Share::ONE))
}

/// A curve at eleven points, as parts of a thousand million.
fn points(curve: &Curve) -> Vec<u32> {
    (0..=10)
        .map(|tenth| curve.threshold(Share::from_percent(tenth * 10)).parts())
        .collect()
}

fn value(track: &Track) -> Value {
    json!({
        "id": track.id,
        "name": track.name,
        "origin": track.power().unwrap_or_else(|| "root".to_owned()),
        "max_deciding": track.max_deciding,
        "decision_deposit": track.decision_deposit.to_string(),
        "prepare_period": track.prepare_period,
        "decision_period": track.decision_period,
        "confirm_period": track.confirm_period,
        "min_enactment_period": track.min_enactment_period,
        "min_approval": points(&track.min_approval),
        "min_support": points(&track.min_support),
    })
}
