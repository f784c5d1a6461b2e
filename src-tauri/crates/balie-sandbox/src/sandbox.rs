//! A running sandbox: two ports, one world.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::checkins::HeldCheckin;
use crate::control::{self, Control};
use crate::fault::FaultRule;
use crate::gate::Gate;
use crate::habits::Habits;
use crate::other_desk::{OtherDeskAct, OtherDeskSale};
use crate::port::{Orders, serve};
use crate::redeemed::HeldRedemption;
use crate::routes;
use crate::ticket_sales::HeldTicketSale;
use crate::world::Shared;

/// A stand-in of UiTPAS that listens on loopback. It stops when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) shared: Shared,
    orders: Orders,
    public: SocketAddr,
    control: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl Sandbox {
    /// Starts on this address; port 0 takes any free port. The control port is any free port beside it.
    ///
    /// # Errors
    /// When the address is not a loopback address, or when it cannot be listened on.
    pub async fn start(listen: SocketAddr) -> io::Result<Self> {
        Self::start_with_control(listen, SocketAddr::new(listen.ip(), 0)).await
    }

    /// Starts on this address, with the control port on the other.
    ///
    /// # Errors
    /// When one of the two is not a loopback address, or cannot be listened on.
    pub async fn start_with_control(listen: SocketAddr, control: SocketAddr) -> io::Result<Self> {
        let (public_listener, public) = bind(listen).await?;
        let (control_listener, control) = bind(control).await?;
        let shared = Shared::default();
        let (sender, receiver) = mpsc::channel(1);
        let orders = Orders(sender);
        let controls = control::routes(Control { shared: shared.clone(), orders: orders.clone() });
        let everything = routes::public(shared.clone()).merge(controls.clone());
        let gate = |routes: Router| Gate { shared: shared.clone(), routes };
        // The control port takes no orders: its channel has no sender, so it never goes away.
        let (_, no_orders) = mpsc::channel(1);
        let tasks = [
            tokio::spawn(serve(public_listener, public, gate(everything), receiver)),
            tokio::spawn(serve(control_listener, control, gate(controls.fallback(routes::nowhere)), no_orders)),
        ];
        Ok(Self { shared, orders, public, control, tasks })
    }

    /// The address of the API: `http://127.0.0.1:PORT`. The search is below `/search`, the sign-in server below `/realms`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.public)
    }

    /// The address of the control port, which stays reachable when the sandbox is offline.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control)
    }

    /// Takes the public port away, so that connections are refused and open ones close; or brings it back.
    ///
    /// # Errors
    /// When the port cannot be listened on again.
    pub async fn set_offline(&self, offline: bool) -> io::Result<()> {
        self.orders.set_offline(offline).await
    }

    /// Back to the first morning: nothing held, no faults, the real time. Tokens stay valid, and offline stays offline.
    pub fn reset(&self) {
        self.shared.world().reset();
    }

    /// Moves the clock so that it now shows this moment and runs on; `None` restores the real time.
    /// Tokens keep the real time, so that nobody is signed out by it.
    pub fn set_now(&self, moment: Option<Timestamp>) {
        self.shared.world().clock.set(moment);
    }

    /// Lets the clock run so many times as fast as the real time: it shows the first moment at the second one of the real
    /// time. Whoever reckons from the same two moments has the same time. Tokens keep the real time.
    pub fn run_clock(&self, shown: Timestamp, since: Timestamp, rate: i32) {
        self.shared.world().clock.run(shown, since, rate);
    }

    /// Adds a rule to the end of the fault script.
    pub fn add_fault(&self, rule: FaultRule) {
        self.shared.world().faults.rules.push(rule);
    }

    /// Empties the fault script.
    pub fn clear_faults(&self) {
        self.shared.world().faults.rules.clear();
    }

    /// The habits that are in force.
    #[must_use]
    pub fn habits(&self) -> Habits {
        self.shared.world().manners.habits.clone()
    }

    /// Takes up other habits: how late the lists know, in which order they come, what is said of a refused batch.
    pub fn set_habits(&self, habits: Habits) {
        self.shared.world().manners.take_up(habits);
    }

    /// Keeps a record out of the three lists for so many milliseconds, by the clock of the sandbox, after it was stored.
    /// The other habits stay.
    pub fn set_list_lag(&self, milliseconds: u64) {
        self.shared.world().manners.habits.list_lag_ms = milliseconds;
    }

    /// How many requests the server will still carry out late.
    #[must_use]
    pub fn late_count(&self) -> usize {
        self.shared.world().late.len()
    }

    /// Another desk has sold a ticket; gives the id. No rule is asked.
    ///
    /// # Errors
    /// When the sandbox does not know the pass or the activity.
    pub fn other_desk_sells(&self, sale: OtherDeskSale) -> io::Result<String> {
        self.shared.world().other_desk_sells(sale)
    }

    /// Another desk has saved the points of somebody at an activity, at this moment or now; gives the id.
    ///
    /// # Errors
    /// When the sandbox does not know the pass or the activity.
    pub fn other_desk_checks_in(&self, number: &str, event_id: &str, created: Option<Timestamp>) -> io::Result<String> {
        let act = OtherDeskAct { uitpas_number: number.to_owned(), id: event_id.to_owned(), created };
        self.shared.world().other_desk_checks_in(act)
    }

    /// Another desk has redeemed a reward for somebody, at this moment or now; gives the id.
    ///
    /// # Errors
    /// When the sandbox does not know the pass or the reward.
    pub fn other_desk_redeems(&self, number: &str, reward_id: &str, created: Option<Timestamp>) -> io::Result<String> {
        let act = OtherDeskAct { uitpas_number: number.to_owned(), id: reward_id.to_owned(), created };
        self.shared.world().other_desk_redeems(act)
    }

    /// Another desk has cancelled a record of any kind; says whether it was there.
    pub fn other_desk_cancels(&self, id: &str) -> bool {
        self.shared.world().take_out_anywhere(id).is_some()
    }

    /// Leaves the token with exactly these permissions.
    pub fn set_permissions<'a>(&self, permissions: impl IntoIterator<Item = &'a str>) {
        self.shared.world().permissions = permissions.into_iter().map(str::to_owned).collect();
    }

    /// A refresh token, as a person who signed in through the browser would hold.
    #[must_use]
    pub fn issue_refresh_token(&self) -> String {
        self.shared.world().tokens.give_refresh(Timestamp::now())
    }

    /// An access token that is valid right away.
    #[must_use]
    pub fn issue_access_token(&self) -> String {
        self.shared.world().tokens.give_access(Timestamp::now())
    }

    /// Another sign-in server gives the tokens from now on: whatever token is shown is good. It is not asked, so what that
    /// server has ended is good here as well.
    pub fn take_tokens_of_another_server(&self, take: bool) {
        self.shared.world().tokens.come_from_another_server(take);
    }

    /// Ends every access token; refresh tokens stay good.
    pub fn end_access_tokens(&self) {
        self.shared.world().tokens.end_access();
    }

    /// Ends every token, as when the session was closed on the server.
    pub fn end_all_tokens(&self) {
        self.shared.world().tokens.end_all();
    }

    /// The ticket sales that the server holds, oldest first.
    #[must_use]
    pub fn ticket_sales(&self) -> Vec<HeldTicketSale> {
        self.shared.world().ticket_sales.clone()
    }

    /// The check-ins that the server holds, oldest first.
    #[must_use]
    pub fn checkins(&self) -> Vec<HeldCheckin> {
        self.shared.world().checkins.clone()
    }

    /// The redemptions that the server holds, oldest first.
    #[must_use]
    pub fn redemptions(&self) -> Vec<HeldRedemption> {
        self.shared.world().redemptions.clone()
    }

    /// How many requests came in with this method and path, dropped ones included.
    #[must_use]
    pub fn request_count(&self, method: &str, path: &str) -> u64 {
        self.shared.world().requests.get(&format!("{method} {path}")).copied().unwrap_or(0)
    }

    /// How many requests came in with this method on paths that begin like this, dropped ones included.
    #[must_use]
    pub fn request_count_below(&self, method: &str, path: &str) -> u64 {
        let begin = format!("{method} {path}");
        let world = self.shared.world();
        let found = world.requests.range(begin.clone()..).take_while(|(name, _)| name.starts_with(&begin));
        found.map(|(_, count)| count).sum()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    if !address.ip().is_loopback() {
        let message = format!("the sandbox listens on loopback only, and {address} is not a loopback address");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}
