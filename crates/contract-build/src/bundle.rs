//! The bundle's files, in the form that every client of ink! contracts reads.

use crate::{BuildError, TARGET, project::Package, toolchain::Toolchain};
use contract_metadata::{
    Compiler, Contract, ContractMetadata, Language, Source, SourceCompiler, SourceLanguage, SourceWasm,
};
use semver::Version;
use serde_json::{Map, Value, json};

/// The contents of the two files with metadata.
pub(crate) struct Files {
    /// `.contract`: with the code.
    pub(crate) bundle: String,
    /// `.json`: without, and indented.
    pub(crate) metadata: String,
}

/// What the metadata says besides what ink! says.
pub(crate) struct Origin<'a> {
    pub(crate) package: &'a Package,
    pub(crate) toolchain: &'a Toolchain,
    pub(crate) ink: &'a Version,
}

impl Origin<'_> {
    /// The files for a code and what ink! says of the contract.
    pub(crate) fn files(&self, wasm: &[u8], hash: [u8; 32], abi: Map<String, Value>) -> Result<Files, BuildError> {
        let source = Source::new(
            Some(SourceWasm::new(wasm.to_vec())),
            hash.into(),
            SourceLanguage::new(Language::Ink, self.ink.clone()),
            SourceCompiler::new(Compiler::RustC, self.version(&self.toolchain.release)?),
            Some(self.build_info()),
        );
        let mut metadata = ContractMetadata::new(source, self.contract()?, None, None, abi);
        let unwritable = |e: serde_json::Error| self.wrong(&e.to_string());
        let bundle = serde_json::to_string(&metadata).map_err(unwritable)?;
        metadata.remove_source_wasm_attribute();
        let metadata = serde_json::to_string_pretty(&metadata).map_err(unwritable)?;
        Ok(Files { bundle, metadata })
    }

    fn contract(&self) -> Result<Contract, BuildError> {
        let package = self.package;
        // Every bundle names an author, also of a package that names none.
        let authors = if package.authors.is_empty() {
            vec!["unknown".to_owned()]
        } else {
            package.authors.clone()
        };
        let mut contract = Contract::builder();
        contract
            .name(&package.name)
            .version(package.version.clone())
            .authors(authors);
        if let Some(description) = &package.description {
            contract.description(description);
        }
        if let Some(license) = &package.license {
            contract.license(license);
        }
        if let Some(url) = self.url("documentation", package.documentation.as_deref())? {
            contract.documentation(url);
        }
        if let Some(url) = self.url("repository", package.repository.as_deref())? {
            contract.repository(url);
        }
        if let Some(url) = self.url("homepage", package.homepage.as_deref())? {
            contract.homepage(url);
        }
        contract.build().map_err(|e| self.wrong(&e))
    }

    /// An address, in the type that the builder of metadata takes.
    fn url<T: std::str::FromStr>(&self, what: &str, text: Option<&str>) -> Result<Option<T>, BuildError> {
        text.map(|text| {
            text.parse()
                .map_err(|_| self.wrong(&format!("{what} = {text:?} is not a URL")))
        })
        .transpose()
    }

    fn version(&self, text: &str) -> Result<Version, BuildError> {
        text.parse()
            .map_err(|_| self.wrong(&format!("the compiler's version {text:?} is no version")))
    }

    /// Enough to build the same bytes again.
    fn build_info(&self) -> Map<String, Value> {
        let entries = [
            ("build_mode", json!("Release")),
            (
                "builder",
                json!(concat!("blocs-contract-build ", env!("CARGO_PKG_VERSION"))),
            ),
            (
                "rust_toolchain",
                json!(format!("{}-{}", self.toolchain.release, self.toolchain.host)),
            ),
            ("target", json!(TARGET)),
            (
                "wasm_opt_settings",
                json!({ "keep_debug_symbols": false, "optimization_passes": "Z", "version": self.toolchain.optimiser }),
            ),
        ];
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }

    fn wrong(&self, reason: &str) -> BuildError {
        BuildError::Description {
            package: self.package.name.clone(),
            reason: reason.to_owned(),
        }
    }
}
