#include "tests/faults/victim.h"

#include "daemon/base/check.h"

namespace jiexu::faults {

namespace fs = std::filesystem;

namespace {

class Victim {
 public:
  Victim(const Scenario& scenario, const Books* reference)
      : scenario_(scenario),
        reference_(reference),
        exchange_(scenario.cases),
        random_(scenario.seed * 7919 + 1) {}

  Report run() {
    dir_ = scratch_.path() / "life-0";
    if (make_store()) live();
    report_.promises = exchange_.promises().size();
    return std::move(report_);
  }

 private:
  void fault(const std::string& text) { report_.faults.push_back(text); }

  void put_disk() {
    FaultPlan plan;
    plan.seed = random_();
    plan.syncs_lie = scenario_.syncs_lie;
    plan.image = scratch_.path() / ("life-" + std::to_string(report_.cuts + 1));
    if (report_.cuts < scenario_.cuts.size()) plan.cut_after = scenario_.cuts[report_.cuts];
    if (report_.cuts == 0) {
      plan.fail_at = scenario_.fail_at;
      plan.error = scenario_.error;
      plan.keeps_failing = scenario_.keeps_failing;
    }
    next_dir_ = plan.image;
    disk_ = std::make_unique<FaultEnv>(dir_, plan);
  }

  // False if power was cut before there was a store.
  bool make_store() {
    fs::create_directory(dir_);
    put_disk();
    auto store = RocksStore::create(settings_at(dir_, disk_->env.get()));
    if (!store) return fault(store.error().text), false;
    Batch batch;
    fill_new_store(batch, agency_a(), **store);
    const auto made = (*store)->commit(batch);
    store->reset();
    report_.setup_operations = disk_->fs->operations();
    if (!made) fault(made.error().text);
    return made.has_value() && !disk_->fs->cut();
  }

  void live() {
    while (report_.faults.empty()) {
      const auto end = one_life();
      if (!end) return;
      if (*end == Exchange::End::kDone) return finish();
      if (*end == Exchange::End::kStuck) return fault(exchange_.why());
      if (*end == Exchange::End::kDied) next_life();
    }
  }

  // nullopt: a fault was found.
  std::optional<Exchange::End> one_life() {
    auto store = RocksStore::open(settings_at(dir_, disk_->env.get()));
    if (lost_power()) return Exchange::End::kDied;
    if (!store) return fault("does not open: " + store.error().text), std::nullopt;
    if (!(*store)->recovery().complete) return fault("commits are missing"), std::nullopt;
    report_.promoted += (*store)->recovery().promoted;
    if (!keeps_promises(**store)) return std::nullopt;
    const auto end =
        exchange_.run({**store, [&] { return survived(**store); }}, scenario_.commits_per_life);
    disk_->fs->set_errors(false);
    const bool died = end == Exchange::End::kDied;
    if (died && !lost_power()) return fault("A ended: " + exchange_.why()), std::nullopt;
    // With the watermark as it is: the destructor's last mark is one more that may be missing.
    if (died && !disk_->fs->cut()) disk_->fs->write_image(next_dir_);
    store->reset();
    if (report_.cuts == 0) report_.operations = disk_->fs->operations();
    return lost_power() ? Exchange::End::kDied : end;
  }

  bool lost_power() const { return disk_->fs->cut() || disk_->fs->failed(); }

  bool survived(RocksStore& store) {
    if (disk_->fs->cut()) return false;
    // Now and then the daemon is idle and brings the watermark up to date.
    return random_() % 2 == 0 || store.flush_watermark().has_value();
  }

  void next_life() {
    if (!fs::exists(next_dir_)) disk_->fs->write_image(next_dir_);
    dir_ = next_dir_;
    ++report_.cuts;
    put_disk();
  }

  bool keeps_promises(const RocksStore& store) {
    const auto books = read_books(Records(store, test_vault()), agency_a(), agency_b());
    if (!books) return fault(books.error().text), false;
    for (const std::string& text : exchange_.promises().broken(*books)) fault(text);
    return report_.faults.empty();
  }

  void finish() {
    // What is judged is what is on the disk.
    const auto store = RocksStore::open(settings_at(dir_, nullptr));
    if (!store) return fault("does not open at the end: " + store.error().text);
    auto books = read_books(Records(**store, test_vault()), agency_a(), agency_b());
    const auto peer = exchange_.books_of_b();
    if (!books || !peer) return fault("the books cannot be read at the end");
    for (const std::string& text : exchange_.promises().broken(*books)) fault(text);
    for (const std::string& text : compare_logs(*books, *peer)) fault(text);
    if (reference_ != nullptr) {
      for (const std::string& text : compare_ends(*books, *reference_)) fault(text);
    }
    report_.messages = exchange_.messages();
    report_.end = std::move(*books);
  }

  const Scenario& scenario_;
  const Books* reference_;
  Scratch scratch_;
  Exchange exchange_;
  std::mt19937_64 random_;
  fs::path dir_;
  fs::path next_dir_;
  std::unique_ptr<FaultEnv> disk_;
  Report report_;
};

}  // namespace

RocksSettings settings_at(const fs::path& dir, rocksdb::Env* env) {
  RocksSettings settings;
  settings.dir = dir;
  settings.free_bytes_min = 0;
  settings.env = env;
  return settings;
}

Report play(const Scenario& scenario, const Books* reference) {
  return Victim(scenario, reference).run();
}

}  // namespace jiexu::faults
