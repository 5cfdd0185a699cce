/* The exchange protocol of one directed link, checked exhaustively by SPIN; ./run does it.
 *
 * What is modelled. Both ends as daemon/link/{sender,receiver}.* decide and daemon/engine/peer.*
 * commits them: state ahead of the disk, one commit in flight, the durable state, a backup. An engine
 * handles one event at a time, so that each event here is one atomic step and the whole system is
 * one loop that picks any event that can happen.
 *
 *   sender A    writes messages 1..N, one a frame; commits; Open, flow within the window, receipts;
 *               opening / flowing / stopped; behind: Fetch, Fetched, take back, new epoch
 *   receiver B  judges a frame by number, epoch and head; applies; commits; receipt only after that
 *   carrier     two channels that lose, repeat and reorder; what finds a channel full is lost
 *   faults      each with a budget (below): loss, repetition, reordering, an untimely Open or new
 *               connection, crash of either end, restore of an old backup at either end
 *
 * A crash loses what is ahead of the disk; a commit in flight is there afterwards, or not.
 *
 * Abstractions. A log is one number, CODE: three bits for each message say which writing of that
 * number it is (1..7), because after a loss A writes something else under a number that it used. The
 * head at n is the lowest 3n bits: equal heads, equal logs, which is what a hash chain is for.
 * Nobody forges, so that signatures are left out, and with them the proofs in Open and Opened, which
 * an honest end always has. Sessions count modulo 8. Time is left out: a
 * timer fires when nothing else can happen in the link, or untimely by a fault. One window counts
 * frames. The other direction, pausing and a receiver that is busy are left out. A receipt names the
 * handshake in which it was given, so that one which outlives its receiver's store is not believed.
 *
 * What is checked, besides the assertions of ours that mirror the code's CHECKs:
 *   held     a receipt that A takes is true of B's disk, unless B was restored          (I1)
 *   once     what B has applied, in any of its histories, under one number is one and the same
 *            payload; within one history it is applied once                             (I2)
 *   whole    B's log has no hole and is A's log when all is receipted                   (I5)
 *   sound    no correct end ever sees another history under a number that has a receipt
 *   ends     no state without a next event but the end; and no cycle at all: faults are spent, so
 *            every run reaches the end, where A and B hold the same N messages, all receipted
 *
 * Configurations, by -D: N, WINDOW, LOSS, REPEAT, REORDER, UNTIMELY, CRASH_A, CRASH_B, RESTORE_A,
 * RESTORE_B (budgets), RAISE (a restore of A raises its epoch, as `jiexu backup restore` does; else
 * the files were copied back silently), FETCH (0: A stops for good where it is behind).
 *
 * BROKEN=1..6 puts in a mistake that must be found:
 *   1 the receipt goes out before the commit       2 a frame goes out before the commit
 *   3 a repeated frame is applied again            4 A numbers on although it is behind
 *   5 A takes an Opened behind its receipts for an old one, and asks again
 *   6 A believes receipts of earlier handshakes
 */
#ifndef N
#define N 2
#endif
#ifndef WINDOW
#define WINDOW 2
#endif
#ifndef LOSS
#define LOSS 0
#endif
#ifndef REPEAT
#define REPEAT 0
#endif
#ifndef REORDER
#define REORDER 0
#endif
#ifndef UNTIMELY
#define UNTIMELY 0
#endif
#ifndef CRASH_A
#define CRASH_A 0
#endif
#ifndef CRASH_B
#define CRASH_B 0
#endif
#ifndef RESTORE_A
#define RESTORE_A 0
#endif
#ifndef RESTORE_B
#define RESTORE_B 0
#endif
#ifndef RAISE
#define RAISE 1
#endif
#ifndef FETCH
#define FETCH 1
#endif
#ifndef BROKEN
#define BROKEN 0
#endif

/* WITNESS=k: the k-th of the situations marked SEEN must be reached, or the model shows nothing. */
#ifndef WITNESS
#define WITNESS 0
#endif
#define SEEN(k) assert(k != WITNESS)

#define NONE 8 /* no session */

#define HEAD(code, n) ((code) & ((1 << (3 * (n))) - 1))
#define EPOCH_AT(epochs, n) (((epochs) >> (3 * ((n) - 1))) & 7)

mtype = {Open, Opened, Frame, Receipt, Gap, Refuse, Fetch, Fetched};
mtype = {opening, flowing, stopped, recovering, rewritten};
mtype = {Behind, Diverged, Epoch};

/* kind, epoch, number, head there, extra:
 *   Open     epoch, last number, its head, session     Opened   epoch, through, head, session
 *   Frame    epoch, number, head after it, -           Receipt  epoch, through, head, session
 *   Gap      epoch, expected, -, -                     Refuse   epoch, -, -, why
 *   Fetch    -, number, -, -                           Fetched  epoch, number or 0, head, through */
chan ab = [3] of {mtype, byte, byte, short, byte};
chan ba = [3] of {mtype, byte, byte, short, byte};

/* A's outgoing log: last number, code, epoch of writing by number (3 bits each), epoch now,
 * receipted number. */
typedef Out { byte last; short code; short epochs; byte epoch; byte receipted };
Out a;        /* ahead of the disk; a.receipted: the sender's mark */
Out a_fly;    /* in the commit in flight */
Out a_disk;
Out a_old;    /* the backup */
bool a_committing;
byte known;   /* the sender's mark: durable up to here... */
short known_code;
mtype state = opening;
mtype why;
byte session;
bool awaits;  /* an answer to the last Open */
byte sent;

/* B's copy: through, code, messages applied, epoch, and up to where frames may be of earlier ones */
typedef In { byte through; short code; byte applied; byte epoch; byte epoch_from };
In b;
In b_fly;
In b_disk;
In b_old;
bool b_committing;
bool b_dirty;  /* something is to be committed */
byte b_session = NONE; /* of the Open that B answered last */
bool reconnect; /* B was started again: A's carrier will make a new connection */

/* Observers: no end knows them. */
byte writings[N + 1];  /* how often A has written each number */
byte effect[N + 1];    /* which writing B was the first to apply, over all its histories */
bool b_restored;
bool a_restored;
bool a_saved, b_saved;

byte losses = LOSS, repeats = REPEAT, reorders = REORDER, untimelies = UNTIMELY;
byte crashes_a = CRASH_A, crashes_b = CRASH_B, restores_a = RESTORE_A, restores_b = RESTORE_B;

/* scratch, always zero between events */
hidden mtype m_kind;
hidden byte m_epoch, m_number, m_extra, i, v;
hidden short m_head;

inline copy_out(to, from) {
  to.last = from.last; to.code = from.code; to.epochs = from.epochs; to.epoch = from.epoch;
  to.receipted = from.receipted
}
inline copy_in(to, from) {
  to.through = from.through; to.code = from.code; to.applied = from.applied;
  to.epoch = from.epoch; to.epoch_from = from.epoch_from
}

inline to_b(kind, epoch_, number, head, extra) {
  if
  :: nfull(ab) -> ab!kind(epoch_, number, head, extra)
  :: full(ab) -> skip
  fi
}
inline to_a(kind, epoch_, number, head, extra) {
  if
  :: nfull(ba) -> ba!kind(epoch_, number, head, extra)
  :: full(ba) -> skip
  fi
}

/* ---- sender ---- */

inline ask() { /* Sender::open; a stopped sender stays stopped and asks */
  if
  :: state == flowing -> state = opening
  :: else
  fi;
  session = (session + 1) % 8;
  awaits = true;
  to_b(Open, a.epoch, known, HEAD(known_code, known), session)
}

inline stop(reason) { state = stopped; why = reason }

#if BROKEN == 2
#define SENDABLE a.last
#define SENDABLE_CODE a.code
#else
#define SENDABLE known
#define SENDABLE_CODE known_code
#endif

inline flow() {
  do
  :: state == flowing && sent < SENDABLE && sent - a.receipted < WINDOW ->
     sent++;
     to_b(Frame, EPOCH_AT(a.epochs, sent), sent, HEAD(SENDABLE_CODE, sent), 0)
  :: else -> break
  od
}

/* A takes B's word that everything up to `number` is on B's disk. */
inline believe(number, head) {
  assert(b_restored || (b_disk.through >= number && HEAD(b_disk.code, number) == head));
  a.receipted = number
}

inline fetch_next() { to_b(Fetch, 0, a.last + 1, 0, 0) }

/* Gives up what nobody has seen and asks for what the peer holds instead. */
inline recover() {
#if FETCH
  assert(a_restored);
  state = recovering;
  a.last = a.receipted;
  a.code = HEAD(a.code, a.receipted);
  a.epochs = a.epochs & ((1 << (3 * a.receipted)) - 1);
  fetch_next()
#else
  stop(Behind)
#endif
}

inline on_opened() {
  if
  :: (state != opening && state != stopped) || !awaits || m_extra != session -> skip
#if BROKEN == 5
  :: m_extra == session && m_number < a.receipted -> skip
#endif
  :: else ->
     awaits = false;
     if
     :: m_epoch > a.epoch -> stop(Epoch) /* never: an Open of an earlier epoch is refused */
#if BROKEN == 4
     :: m_epoch <= a.epoch && m_number > known -> a.receipted = known; sent = known; state = flowing; flow()
#else
     :: m_epoch <= a.epoch && m_number > known -> SEEN(2); recover()
#endif
     :: m_epoch <= a.epoch && m_number <= known && HEAD(known_code, m_number) != m_head ->
        if
        :: m_number > a.receipted -> SEEN(3); recover()
        :: else -> assert(false) /* sound */
        fi
     :: else ->
        state = flowing;
        if
        :: m_number < a.receipted -> SEEN(4); assert(b_restored)
        :: m_number > a.receipted -> SEEN(5)
        :: else
        fi;
        believe(m_number, m_head);
        sent = m_number;
        flow()
     fi
  fi
}

inline on_receipt() {
  if
  :: state != flowing || m_epoch > a.epoch || m_number <= a.receipted -> skip
#if BROKEN != 6
  :: state == flowing && m_extra != session -> SEEN(12)
#endif
  :: else ->
     if
     :: m_number > sent -> SEEN(6); ask()
     /* What A had sent before it was restored has come late, and B took it. */
     :: m_number <= sent && HEAD(SENDABLE_CODE, m_number) != m_head ->
        SEEN(14); assert(a_restored); stop(Diverged) /* sound */
     :: else -> believe(m_number, m_head); flow()
     fi
  fi
}

inline on_fetched() {
  if
  :: state != recovering || (m_number != 0 && m_number != a.last + 1) -> skip
  :: else ->
     if
     :: m_number != 0 ->
        assert(HEAD(m_head, a.last) == a.code); /* sound: ours and B's log were one up to here */
        a.last++;
        a.code = m_head;
        a.epochs = a.epochs | (m_epoch << (3 * (a.last - 1)))
     :: else
     fi;
     if
     :: a.last < m_extra -> fetch_next()
     :: else -> SEEN(7); a.epoch++; assert(a.epoch <= 7); state = rewritten /* goes on when durable */
     fi
  fi
}

inline on_reply() {
  ba?m_kind(m_epoch, m_number, m_head, m_extra);
  if
  :: m_kind == Opened -> on_opened()
  :: m_kind == Receipt -> on_receipt()
  :: m_kind == Gap ->
     if
     :: state == flowing && m_epoch <= a.epoch -> SEEN(8); ask()
     :: else
     fi
  :: m_kind == Refuse ->
     if
     :: m_extra == Diverged -> SEEN(9); assert(a_restored) /* sound */
     :: m_extra == Epoch && m_epoch <= a.epoch -> SEEN(13)
     :: m_extra == Epoch && m_epoch > a.epoch -> SEEN(10); assert(a_restored)
     :: else
     fi;
     if
     :: state == recovering || state == rewritten -> skip
     :: m_extra == Epoch && m_epoch <= a.epoch -> skip /* of what A had said before, and came late */
     :: else -> stop(m_extra)
     fi
  :: m_kind == Fetched -> on_fetched()
  fi;
  clear()
}

/* ---- receiver ---- */

inline on_open() {
  if
  :: m_epoch > b.epoch -> b.epoch = m_epoch; b.epoch_from = m_number; b_dirty = true
  :: m_epoch < b.epoch -> to_a(Refuse, b_disk.epoch, 0, 0, Epoch)
  :: else ->
     b_session = m_extra;
     to_a(Opened, b_disk.epoch, b_disk.through, b_disk.code, m_extra)
  fi
}

inline accept() {
  if
  :: m_epoch > b.epoch -> b.epoch = m_epoch
  :: else
  fi;
  b.through = m_number;
  b.code = m_head;
  b.applied++;
  b_dirty = true;
#if BROKEN == 1
  to_a(Receipt, b.epoch, b.through, b.code, b_session)
#endif
}

inline on_frame() {
  if
  :: m_epoch < b.epoch && m_number > b.epoch_from -> to_a(Refuse, b_disk.epoch, 0, 0, Epoch)
  :: else ->
     if
     :: m_number > b.through + 1 -> to_a(Gap, b.epoch, b.through + 1, 0, 0)
     :: m_number <= b.through ->
        if
        :: HEAD(b.code, m_number) != m_head -> to_a(Refuse, 0, 0, 0, Diverged)
        :: else ->
           SEEN(11);
#if BROKEN == 3
           b.applied++; b_dirty = true;
#endif
           to_a(Receipt, b_disk.epoch, b_disk.through, b_disk.code, b_session)
        fi
     :: m_number == b.through + 1 ->
        if
        :: HEAD(m_head, b.through) != b.code -> to_a(Refuse, 0, 0, 0, Diverged)
        :: else -> accept()
        fi
     fi
  fi
}

inline on_forward() {
  ab?m_kind(m_epoch, m_number, m_head, m_extra);
  if
  :: m_kind == Open -> on_open()
  :: m_kind == Frame -> on_frame()
  :: m_kind == Fetch ->
     if
     :: m_number <= b_disk.through ->
        to_a(Fetched, 1, m_number, HEAD(b_disk.code, m_number), b_disk.through)
     :: else -> to_a(Fetched, 0, 0, 0, b_disk.through)
     fi
  fi;
  clear()
}

/* ---- commits ---- */

#define A_CHANGED (a.last != a_disk.last || a.code != a_disk.code || a.epoch != a_disk.epoch || \
                   a.receipted != a_disk.receipted)

inline a_durable() { copy_out(a_disk, a_fly); a_committing = false }

inline a_commit_done() {
  a_durable();
  known = a_disk.last;
  known_code = a_disk.code;
  if
  :: state == flowing -> flow()
  :: state == rewritten && !A_CHANGED -> state = opening; ask()
  :: else
  fi;
  clear()
}

inline b_durable() {
  copy_in(b_disk, b_fly);
  b_committing = false;
  assert(b_disk.applied == b_disk.through); /* once */
  i = 1;
  do
  :: i <= b_disk.through ->
     v = (b_disk.code >> (3 * (i - 1))) & 7;
     assert(v != 0); /* whole */
     if
     :: effect[i] == 0 -> effect[i] = v
     :: else -> assert(effect[i] == v) /* once */
     fi;
     i++
  :: else -> break
  od
}

inline b_commit_done() {
  b_durable();
  to_a(Receipt, b_disk.epoch, b_disk.through, b_disk.code, b_session);
  clear()
}

/* ---- crashes ---- */

inline a_starts() {
  a_committing = false;
  copy_out(a, a_disk);
  known = a.last;
  known_code = a.code;
  state = opening;
  why = 0;
  sent = 0;
  awaits = false;
  session = (session + 1) % 8
}
inline b_starts() {
  b_committing = false;
  b_dirty = false;
  b_session = NONE;
  copy_in(b, b_disk);
  reconnect = true;
  clear()
}

inline clear() { m_kind = 0; m_epoch = 0; m_number = 0; m_head = 0; m_extra = 0; i = 0; v = 0 }

#define QUIET (!reconnect && empty(ab) && empty(ba) && !a_committing && !b_committing && !b_dirty && !A_CHANGED)
#define ALL_DONE (a.last == N && state == flowing && a.receipted == N)
#if FETCH
#define WAITS (state != flowing || sent > a.receipted)
#define FOR_GOOD false
#else
#define FOR_GOOD (state == stopped && why != Epoch)
#define WAITS ((state != flowing && !FOR_GOOD) || sent > a.receipted)
#endif

active proctype link() {
  d_step {
    a.epoch = 1; b.epoch = 1;
    copy_out(a_disk, a); copy_out(a_old, a); copy_in(b_disk, b); copy_in(b_old, b)
  };
  do
  /* A's application writes. Not while the link is put right. */
  :: d_step {
       a.last < N && state != recovering && state != rewritten && !FOR_GOOD ->
       a.last++;
       writings[a.last]++;
       assert(writings[a.last] <= 7);
       a.code = a.code | (writings[a.last] << (3 * (a.last - 1)));
       a.epochs = a.epochs | (a.epoch << (3 * (a.last - 1)));
#if BROKEN == 2
       flow();
#endif
       clear()
     }
  :: d_step { A_CHANGED && !a_committing -> copy_out(a_fly, a); a_committing = true }
  :: d_step { a_committing -> a_commit_done() }
  :: d_step { b_dirty && !b_committing -> copy_in(b_fly, b); b_committing = true; b_dirty = false }
  :: d_step { b_committing -> b_commit_done() }
  :: d_step { nempty(ab) -> on_forward() }
  :: d_step { nempty(ba) -> on_reply() }
  /* A's timer. */
  :: d_step {
       QUIET && WAITS ->
       if
       :: state == recovering -> fetch_next()
       :: else -> ask()
       fi;
       clear()
     }

  /* A's carrier has a new connection. */
  :: d_step {
       reconnect -> reconnect = false;
       if
       :: state == opening || state == flowing -> ask()
       :: else
       fi;
       clear()
     }

  /* Faults. */
  :: d_step { losses > 0 && nempty(ab) -> losses--; ab?m_kind(m_epoch, m_number, m_head, m_extra); clear() }
  :: d_step { losses > 0 && nempty(ba) -> losses--; ba?m_kind(m_epoch, m_number, m_head, m_extra); clear() }
  :: d_step {
       repeats > 0 && nempty(ab) && nfull(ab) -> repeats--;
       ab?<m_kind, m_epoch, m_number, m_head, m_extra>;
       ab!m_kind(m_epoch, m_number, m_head, m_extra); clear()
     }
  :: d_step {
       repeats > 0 && nempty(ba) && nfull(ba) -> repeats--;
       ba?<m_kind, m_epoch, m_number, m_head, m_extra>;
       ba!m_kind(m_epoch, m_number, m_head, m_extra); clear()
     }
  :: d_step {
       reorders > 0 && len(ab) > 1 -> reorders--;
       ab?m_kind(m_epoch, m_number, m_head, m_extra);
       ab!m_kind(m_epoch, m_number, m_head, m_extra); clear()
     }
  :: d_step {
       reorders > 0 && len(ba) > 1 -> reorders--;
       ba?m_kind(m_epoch, m_number, m_head, m_extra);
       ba!m_kind(m_epoch, m_number, m_head, m_extra); clear()
     }
  :: d_step {
       untimelies > 0 && (state == opening || state == flowing) -> untimelies--; ask()
     }
  :: d_step { crashes_a > 0 -> crashes_a--; a_starts() }
  :: d_step { crashes_a > 0 && a_committing -> crashes_a--; a_durable(); a_starts() }
  :: d_step { crashes_b > 0 -> crashes_b--; b_starts() }
  :: d_step { crashes_b > 0 && b_committing -> crashes_b--; b_durable(); b_starts() }
  :: d_step { restores_a > 0 && !a_saved && a_disk.last > 0 -> a_saved = true; copy_out(a_old, a_disk) }
  :: d_step {
       restores_a > 0 && a_disk.last > a_old.last -> restores_a--;
       copy_out(a_disk, a_old);
       a_disk.epoch = a_disk.epoch + RAISE;
       a_restored = true;
       a_starts()
     }
  :: d_step { restores_b > 0 && !b_saved && b_disk.through > 0 -> b_saved = true; copy_in(b_old, b_disk) }
  :: d_step {
       restores_b > 0 && b_disk.through > b_old.through -> restores_b--;
       copy_in(b_disk, b_old);
       b_restored = true;
       b_starts()
     }

  /* The end: nothing is left to do, and both hold the same. */
  :: d_step {
       QUIET && ALL_DONE ->
       assert(b_disk.through == N && b_disk.code == a_disk.code && a_disk.last == N)
     };
     break
  :: d_step { QUIET && FOR_GOOD -> assert(a_restored) }; break
  od
}
