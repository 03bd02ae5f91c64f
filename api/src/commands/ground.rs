//! How the command line names grounds: `--school CODE`, `--organization CODE`, `--province CODE`, `--class ID`.

use clap::Args;
use entities::grounds::Named;
use entities::ids::ClassId;

#[derive(Args)]
pub(super) struct GroundArguments {
    /// The code of a school; repeatable.
    #[arg(long = "school", value_name = "CODE")]
    schools: Vec<String>,
    /// The code of an organization, for the schools that it manages; repeatable.
    #[arg(long = "organization", value_name = "CODE")]
    organizations: Vec<String>,
    /// The code of a province; repeatable.
    #[arg(long = "province", value_name = "CODE")]
    provinces: Vec<String>,
    /// The id of a class; repeatable.
    #[arg(long = "class", value_name = "ID")]
    classes: Vec<ClassId>,
}

impl GroundArguments {
    /// The grounds that were named.
    pub(super) fn names(&self) -> Vec<Named> {
        let schools = self.schools.iter().cloned().map(Named::School);
        let organizations = self.organizations.iter().cloned().map(Named::Organization);
        let provinces = self.provinces.iter().cloned().map(Named::Province);
        let classes = self.classes.iter().copied().map(Named::Class);
        schools.chain(organizations).chain(provinces).chain(classes).collect()
    }
}
