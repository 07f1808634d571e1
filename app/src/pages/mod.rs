//! One file a page: its view model, and how it looks.

mod account_decision;
mod account_link;
mod accounts;
mod add_passkey;
mod audit;
mod brake;
mod confirm;
mod delete_integration;
mod deleted;
mod employee;
mod employees;
mod factor_away;
mod group;
mod groups;
mod integrations;
mod invitation;
mod invitation_link;
mod log;
mod login;
mod login_code;
mod login_passkey;
mod message;
mod metadata;
mod mismatches;
mod notices;
mod profile;
mod provider;
mod record;
mod recovery_codes;
mod rehearsal;
mod revoke;
mod role_choice;
mod rotate;
mod second_factor;
mod settings;
mod setup;
mod sign_on;
mod sign_on_test;
mod undo;

use leptos::prelude::*;

pub use account_decision::{AccountDecisionPage, Question};
pub use account_link::{AccountLinkPage, LinkedName};
pub use accounts::{AccountRow, AccountsPage, FactorRequirement, InvitationDraft, InvitationRow};
pub use add_passkey::AddPasskeyPage;
pub use audit::{AuditPage, AuditRow};
pub use brake::{BrakeOutcome, BrakePage, BrakePerson, BrakeState};
pub use confirm::ConfirmPage;
pub use delete_integration::DeleteIntegrationPage;
pub use deleted::{DeletedEmployeePage, DeletedEmployeesPage, DeletedRow};
pub use employee::{EmployeePage, Link, Links, Section};
pub use employees::{AskedGroup, EmployeeRow, EmployeesPage};
pub use factor_away::FactorAwayPage;
pub use group::GroupPage;
pub use groups::{GroupRow, GroupsPage};
pub use integrations::{CATEGORIES, Category, IntegrationsPage, Tile, kind};
pub use invitation::{InvitationForm, InvitationPage};
pub use invitation_link::InvitationLinkPage;
pub use log::{ChangeRow, EventPage, LogFilters, LogOutcome, LogPage, LogRow, LogWords, NoteRow, fresh};
pub use login::LoginPage;
pub use login_code::LoginCodePage;
pub use login_passkey::LoginPasskeyPage;
pub use message::MessagePage;
pub use metadata::{MetadataDifference, MetadataPage};
pub use mismatches::{DoubtfulLink, MismatchRow, MismatchesPage};
pub use notices::{NoticeRow, NoticesPage};
pub use profile::{ProfilePage, SessionRow};
pub use provider::{
    AttributeDraft, AttributeRow, Attributes, CertificateLine, Health, HealthState, LIFETIMES, MetadataDraft,
    ProviderPage, Reveal, SsoDraft, SsoRequirement, SsoTab, TYPES, Tab, TokenCard, TokenDraft, TokenState,
    address as provider_address, token_cards,
};
pub use record::RecordPage;
pub use recovery_codes::RecoveryCodesPage;
pub use rehearsal::{Mark, RehearsalPage, ReportLine, Run, RunReport, report_body};
pub use revoke::RevokePage;
pub use rotate::{OVERLAPS, RotatePage};
pub use second_factor::{CodesLeft, PasskeyRow, SecondFactorPage, SecondFactorState};
pub use settings::{SettingsPage, SettingsSection};
pub use setup::SetupPage;
pub use sign_on::SignOnPage;
pub use sign_on_test::SignOnTestPage;
pub use undo::UndoPage;

use crate::components::plain;
use crate::shell::Frame;

/// Every page there is.
#[expect(clippy::large_enum_variant, reason = "there is one a request, and it is moved a few times")]
#[derive(Debug, Clone)]
pub enum Page {
    /// Sign in.
    Login(LoginPage),
    /// The code after the password.
    LoginCode(LoginCodePage),
    /// The passkey after the password.
    LoginPasskey(LoginPasskeyPage),
    /// First start.
    Setup(SetupPage),
    /// Behind the link of an invitation.
    Invitation(InvitationPage),
    /// The password is asked for again.
    Confirm(ConfirmPage),
    /// Settings, and the areas of Integrations.
    Settings(SettingsPage),
    /// The Integrations screen.
    Integrations(IntegrationsPage),
    /// One provider's dialog.
    Provider(ProviderPage),
    /// The question before a token is revoked.
    Revoke(RevokePage),
    /// The question before a token is rotated.
    Rotate(RotatePage),
    /// The question before an integration is deleted.
    DeleteIntegration(DeleteIntegrationPage),
    /// Too many who left at once.
    Brake(BrakePage),
    /// What an identity provider's metadata would change.
    Metadata(MetadataPage),
    /// Employees whom no assertion would name.
    Mismatches(MismatchesPage),
    /// A rehearsal or a check.
    Rehearsal(RehearsalPage),
    /// Who signs in.
    Accounts(AccountsPage),
    /// The question before an account is changed.
    AccountDecision(AccountDecisionPage),
    /// The question before an account's second factor is taken away.
    FactorAway(FactorAwayPage),
    /// Which employee an account is.
    AccountLink(AccountLinkPage),
    /// The link of an invitation.
    InvitationLink(InvitationLinkPage),
    /// The visitor's own account.
    Profile(ProfilePage),
    /// Its second factor.
    SecondFactor(SecondFactorPage),
    /// A passkey of it, under way.
    AddPasskey(AddPasskeyPage),
    /// Recovery codes, once.
    RecoveryCodes(RecoveryCodesPage),
    /// What it was told of.
    Notices(NoticesPage),
    /// Who was provisioned.
    Employees(EmployeesPage),
    /// One person.
    Employee(EmployeePage),
    /// Who was deleted.
    DeletedEmployees(DeletedEmployeesPage),
    /// One of them.
    DeletedEmployee(DeletedEmployeePage),
    /// The groups that were provisioned.
    Groups(GroupsPage),
    /// One group.
    Group(GroupPage),
    /// The provisioning log.
    Log(LogPage),
    /// One of its events.
    Event(EventPage),
    /// The question before a change is undone.
    Undo(UndoPage),
    /// The audit log.
    Audit(AuditPage),
    /// A step of signing on that ends here.
    SignOn(SignOnPage),
    /// What a sign-on that only tries the settings out came to.
    SignOnTest(SignOnTestPage),
    /// An employee's own record.
    Record(RecordPage),
    /// Nothing here, not allowed, out of order.
    Message(MessagePage),
}

impl Page {
    /// The page's own name, for its tab and history.
    pub fn title(&self) -> String {
        match self {
            Self::Login(_) | Self::LoginCode(_) | Self::LoginPasskey(_) => "Sign in".to_owned(),
            Self::Setup(_) => "Set up".to_owned(),
            Self::Invitation(_) | Self::InvitationLink(_) => "Invitation".to_owned(),
            Self::Confirm(_) => "Confirm".to_owned(),
            Self::Settings(page) => page.title().to_owned(),
            Self::Integrations(page) => page.title().to_owned(),
            Self::Provider(page) => page.title(),
            Self::Revoke(_) => "Revoke token".to_owned(),
            Self::Rotate(_) => "Rotate token".to_owned(),
            Self::DeleteIntegration(_) => "Delete integration".to_owned(),
            Self::Brake(_) => "Brake".to_owned(),
            Self::Metadata(_) => "Metadata".to_owned(),
            Self::Mismatches(_) => "Who could not sign in".to_owned(),
            Self::Rehearsal(page) => page.title(),
            Self::Accounts(_) => "Accounts".to_owned(),
            Self::AccountDecision(page) => page.title().to_owned(),
            Self::FactorAway(_) => "Take away second factor".to_owned(),
            Self::AccountLink(_) => "Employee of an account".to_owned(),
            Self::Profile(_) => "Your account".to_owned(),
            Self::SecondFactor(_) => "Second factor".to_owned(),
            Self::AddPasskey(_) => "Add a passkey".to_owned(),
            Self::RecoveryCodes(_) => "Recovery codes".to_owned(),
            Self::Notices(_) => "Notices".to_owned(),
            Self::Employees(_) => "Employees".to_owned(),
            Self::Employee(page) => plain(&page.name),
            Self::DeletedEmployees(_) => "Deleted employees".to_owned(),
            Self::DeletedEmployee(page) => plain(&page.name),
            Self::Groups(_) => "Groups".to_owned(),
            Self::Group(page) => plain(&page.name),
            Self::Log(_) => "Provisioning log".to_owned(),
            Self::Event(page) => plain(&page.words.text()),
            Self::Undo(_) => "Undo".to_owned(),
            Self::Audit(_) => "Audit log".to_owned(),
            Self::SignOn(page) => page.title.to_owned(),
            Self::SignOnTest(_) => "Test sign-on".to_owned(),
            Self::Record(page) => plain(&page.name),
            Self::Message(page) => page.title.to_owned(),
        }
    }

    /// Whether it asks the browser for a passkey.
    pub fn wants_passkey(&self) -> bool {
        match self {
            Self::LoginPasskey(_) | Self::AddPasskey(_) => true,
            Self::Confirm(page) => page.passkey.is_some(),
            _ => false,
        }
    }

    /// The item of the main menu that it belongs to.
    pub fn section(&self) -> Option<&'static str> {
        match self {
            Self::Employees(_) | Self::Employee(_) | Self::DeletedEmployees(_) | Self::DeletedEmployee(_) => {
                Some("employees")
            }
            Self::Groups(_) | Self::Group(_) => Some("groups"),
            Self::Log(_) | Self::Event(_) | Self::Undo(_) => Some("provisioning-log"),
            Self::Audit(_) => Some("audit-log"),
            _ => None,
        }
    }

    /// What stands between the header and the end.
    pub fn view(&self, frame: &Frame) -> AnyView {
        match self {
            Self::Login(page) => page.view(),
            Self::LoginCode(page) => page.view(),
            Self::LoginPasskey(page) => page.view(),
            Self::Setup(page) => page.view(),
            Self::Invitation(page) => page.view(frame),
            Self::Confirm(page) => page.view(frame),
            Self::Settings(page) => page.view(frame),
            Self::Integrations(page) => page.view(frame),
            Self::Provider(page) => page.view(frame),
            Self::Revoke(page) => page.view(frame),
            Self::Rotate(page) => page.view(frame),
            Self::DeleteIntegration(page) => page.view(frame),
            Self::Brake(page) => page.view(frame),
            Self::Metadata(page) => page.view(frame),
            Self::Mismatches(page) => page.view(frame),
            Self::Rehearsal(page) => page.view(frame),
            Self::Accounts(page) => page.view(frame),
            Self::AccountDecision(page) => page.view(frame),
            Self::FactorAway(page) => page.view(frame),
            Self::AccountLink(page) => page.view(frame),
            Self::InvitationLink(page) => page.view(frame),
            Self::Profile(page) => page.view(frame),
            Self::SecondFactor(page) => page.view(frame),
            Self::AddPasskey(page) => page.view(frame),
            Self::RecoveryCodes(page) => page.view(frame),
            Self::Notices(page) => page.view(frame),
            Self::Employees(page) => page.view(frame),
            Self::Employee(page) => page.view(frame),
            Self::DeletedEmployees(page) => page.view(frame),
            Self::DeletedEmployee(page) => page.view(frame),
            Self::Groups(page) => page.view(frame),
            Self::Group(page) => page.view(frame),
            Self::Log(page) => page.view(frame),
            Self::Event(page) => page.view(frame),
            Self::Undo(page) => page.view(frame),
            Self::Audit(page) => page.view(frame),
            Self::SignOn(page) => page.view(frame),
            Self::SignOnTest(page) => page.view(frame),
            Self::Record(page) => page.view(frame),
            Self::Message(page) => page.view(frame),
        }
    }
}
