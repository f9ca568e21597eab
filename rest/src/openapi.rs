//! The description of the service, made from its handlers.

use crate::{problem::Problem, routes};
use utoipa::{
    Modify, OpenApi,
    openapi::{Content, Ref, RefOr, ResponseBuilder, path::Operation},
};

/// What can go wrong anywhere.
const FAILURES: [(&str, &str); 5] = [
    ("400", "The request cannot be understood"),
    (
        "404",
        "What was asked for is not there, or the node has forgotten that block's state",
    ),
    ("413", "The request is too large"),
    ("502", "The node behind the service has a problem"),
    ("503", "Too much to do, or it took too long"),
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "BLOCS chain",
        description = "The chain as JSON, read only. Every answer names the block whose state it shows (`at`); lists come in pages: give \
            `next` as `after` to read on, and `at.hash` of the first page as `at`, so that all pages show the same state. Amounts are in \
            planck, as strings. Errors are `application/problem+json`, with a `hint` at what to do next.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        routes::blocks::list,
        routes::blocks::one,
        routes::blocks::extrinsics,
        routes::blocks::extrinsic_of,
        routes::blocks::events_of,
        routes::accounts::one,
        routes::accounts::assets_of,
        routes::accounts::deals_of,
        routes::staking::progress,
        routes::staking::validators,
        routes::staking::one_validator,
        routes::staking::one_nominator,
        routes::staking::pools,
        routes::referenda::list,
        routes::referenda::one,
        routes::referenda::tracks,
        routes::market::deals,
        routes::market::one_deal,
        routes::market::providers,
        routes::market::one_provider,
        routes::market::market,
        routes::runtime::runtime,
        routes::runtime::pallet,
        routes::runtime::storage,
        routes::transactions::decode,
        routes::health::alive,
        routes::health::ready,
        routes::health::metrics,
        routes::health::document,
    ),
    components(schemas(Problem)),
    modifiers(&Failures)
)]
struct Document;

/// Adds what can go wrong to every operation.
struct Failures;

impl Modify for Failures {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            if path.starts_with("/v1/") {
                [&mut item.get, &mut item.post].into_iter().flatten().for_each(add);
            }
        }
    }
}

fn add(operation: &mut Operation) {
    for (status, description) in FAILURES {
        let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content)
            .build();
        operation
            .responses
            .responses
            .insert(status.to_owned(), RefOr::T(response));
    }
}

/// The OpenAPI 3.1 document, as it is checked in at `rest/openapi.json`.
pub fn document() -> String {
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
