#include "tests/faults/fault_fs.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "daemon/base/check.h"

namespace jiexu::faults {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

Inode inode_of(const fs::path& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  CHECK(file.flush().good());
}

IOStatus status_of(FaultPlan::Error error) {
  return error == FaultPlan::Error::kNoSpace ? IOStatus::NoSpace("injected")
                                             : IOStatus::IOError("injected");
}

}  // namespace

// A file that is written. The size is kept here, because RocksDB preallocates beyond it.
class FaultFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(FaultFs& fs, std::unique_ptr<rocksdb::FSWritableFile> file, Inode inode, uint64_t size)
      : FSWritableFileOwnerWrapper(std::move(file)), fs_(fs), inode_(inode), size_(size) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const auto write = [&](const Slice& part) {
      IOStatus done = target()->Append(part, options, debug);
      if (done.ok()) size_ += part.size();
      return done;
    };
    return fs_.operate([&] { return write(data); },
                       [&] {
                         return write({data.data(), data.size() / 2});
                       });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    return fs_.operate([&] {
      size_ = size;
      return target()->Truncate(size, options, debug);
    });
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return fs_.operate([&] { return target()->Close(options, debug); });
  }
  // The real disk is not asked to sync: only the model decides what a cut leaves.
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    if (fs_.before_sync_) fs_.before_sync_();
    return fs_.operate(
        [&] {
          if (!fs_.plan_.syncs_lie && !fs_.lost_.contains(inode_)) fs_.synced(inode_, size_);
          return IOStatus::OK();
        },
        [&] {
          fs_.lost_.insert(inode_);
          return IOStatus::OK();
        });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }
  // Starts writing back and promises nothing.
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Allocate(uint64_t, uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  FaultFs& fs_;
  const Inode inode_;
  uint64_t size_;
};

class FaultDirectory final : public rocksdb::FSDirectory {
 public:
  FaultDirectory(FaultFs& fs, Inode inode) : fs_(fs), inode_(inode) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return fs_.operate([&] {
      if (!fs_.plan_.syncs_lie) fs_.synced_directory(inode_);
      return IOStatus::OK();
    });
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  FaultFs& fs_;
  const Inode inode_;
};

FaultFs::FaultFs(fs::path root, FaultPlan plan)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      root_(std::move(root)),
      plan_(std::move(plan)),
      random_(plan_.seed) {}

bool FaultFs::fails_now() {
  if (!errors_on_ || plan_.error == FaultPlan::Error::kNone) return false;
  return operations_ >= plan_.fail_at && (plan_.keeps_failing || !failed_);
}

IOStatus FaultFs::operate(const Work& work, const Work& on_failure) {
  const std::lock_guard lock(mutex_);
  ++operations_;
  if (fails_now()) {
    failed_ = true;
    if (on_failure) on_failure().PermitUncheckedError();
    return status_of(plan_.error);
  }
  IOStatus done = work();
  if (operations_ == plan_.cut_after) {
    image_locked(plan_.image);
    cut_ = true;
  }
  return done;
}

// --- what RocksDB calls ---

IOStatus FaultFs::made(const std::string& path) {
  const fs::path at(path);
  synced_[inode_of(at)] = 0;
  lost_.erase(inode_of(at));
  changes_.push_back({Change::Kind::kMake, inode_of(at.parent_path()), at.filename(), {}, {}});
  return IOStatus::OK();
}

IOStatus FaultFs::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                  std::unique_ptr<rocksdb::FSWritableFile>* file,
                                  IODebugContext* debug) {
  return operate([&] {
    const fs::path at(path);
    if (fs::exists(at)) {  // written over: as if the old file had been deleted
      changes_.push_back(
          {Change::Kind::kDelete, inode_of(at.parent_path()), at.filename(), {}, save(at)});
    }
    std::unique_ptr<rocksdb::FSWritableFile> real;
    if (IOStatus done = target()->NewWritableFile(path, options, &real, debug); !done.ok()) {
      return done;
    }
    *file = std::make_unique<FaultFile>(*this, std::move(real), inode_of(at), 0);
    return made(path);
  });
}

IOStatus FaultFs::ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* file,
                                     IODebugContext* debug) {
  return operate([&] {
    const bool fresh = !fs::exists(path);
    std::unique_ptr<rocksdb::FSWritableFile> real;
    if (IOStatus done = target()->ReopenWritableFile(path, options, &real, debug); !done.ok()) {
      return done;
    }
    const uint64_t size = fs::file_size(path);
    const Inode inode = inode_of(path);
    *file = std::make_unique<FaultFile>(*this, std::move(real), inode, size);
    if (fresh) return made(path);
    synced_.try_emplace(inode, size);
    return IOStatus::OK();
  });
}

IOStatus FaultFs::NewDirectory(const std::string& path, const IOOptions& options,
                               std::unique_ptr<rocksdb::FSDirectory>* directory,
                               IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> real;
  if (IOStatus done = target()->NewDirectory(path, options, &real, debug); !done.ok()) return done;
  *directory = std::make_unique<FaultDirectory>(*this, inode_of(path));
  return IOStatus::OK();
}

IOStatus FaultFs::DeleteFile(const std::string& path, const IOOptions& options,
                             IODebugContext* debug) {
  return operate([&] {
    const fs::path at(path);
    Change change{Change::Kind::kDelete, inode_of(at.parent_path()), at.filename(), {}, save(at)};
    const Inode inode = inode_of(at);
    IOStatus done = target()->DeleteFile(path, options, debug);
    if (!done.ok()) return done;
    synced_.erase(inode);  // the number may be given to another file
    changes_.push_back(std::move(change));
    return done;
  });
}

IOStatus FaultFs::RenameFile(const std::string& from, const std::string& to,
                             const IOOptions& options, IODebugContext* debug) {
  return operate([&] {
    const fs::path source(from), destination(to);
    Change change{Change::Kind::kRename,
                  inode_of(source.parent_path()),
                  source.filename(),
                  destination.filename(),
                  {}};
    CHECK(source.parent_path() == destination.parent_path());
    const Inode replaced = inode_of(destination);
    if (replaced != 0) change.saved = save(destination);
    IOStatus done = target()->RenameFile(from, to, options, debug);
    if (!done.ok()) return done;
    synced_.erase(replaced);
    changes_.push_back(std::move(change));
    return done;
  });
}

IOStatus FaultFs::Truncate(const std::string& path, size_t size, const IOOptions& options,
                           IODebugContext* debug) {
  return operate([&] { return target()->Truncate(path, size, options, debug); });
}

// --- what is durable ---

void FaultFs::synced(Inode file, uint64_t size) {
  synced_[file] = size;
}

void FaultFs::synced_directory(Inode directory) {
  std::erase_if(changes_, [&](const Change& change) { return change.directory == directory; });
}

uint64_t FaultFs::synced_of(const fs::path& path, uint64_t size) const {
  const auto it = synced_.find(inode_of(path));
  return it == synced_.end() ? size : std::min(it->second, size);
}

FaultFs::Saved FaultFs::save(const fs::path& path) const {
  Saved saved{read_file(path), 0};
  saved.synced = synced_of(path, saved.bytes.size());
  return saved;
}

// --- the cut ---

void FaultFs::write_image(const fs::path& image) {
  const std::lock_guard lock(mutex_);
  image_locked(image);
}

void FaultFs::image_locked(const fs::path& image) {
  std::map<Inode, fs::path> directories;  // where they are in the image
  directories[inode_of(root_)] = image;
  fs::create_directories(image);
  for (fs::recursive_directory_iterator it(root_), end; it != end; ++it) {
    const fs::path to = image / fs::relative(it->path(), root_);
    if (it->is_directory()) {
      fs::create_directory(to);
      directories[inode_of(it->path())] = to;
    } else {
      std::string bytes = read_file(it->path());
      const uint64_t kept = synced_of(it->path(), bytes.size());
      write_file(to, draw_remains(std::move(bytes), kept));
    }
  }
  std::map<Inode, std::vector<const Change*>> by_directory;
  for (const Change& change : changes_) by_directory[change.directory].push_back(&change);
  for (const auto& [directory, changes] : by_directory) {
    const auto at = directories.find(directory);
    if (at == directories.end()) continue;
    const size_t kept = random_() % (changes.size() + 1);
    for (size_t i = changes.size(); i > kept; --i) take_back(*changes[i - 1], at->second);
  }
}

std::string FaultFs::draw_remains(std::string bytes, uint64_t synced) {
  if (synced >= bytes.size()) return bytes;
  const size_t whole = bytes.size();
  const size_t prefix = synced + random_() % (whole - synced);
  switch (random_() % 4) {
    case 0: bytes.resize(synced); break;
    case 1: bytes.resize(prefix); break;
    case 2:
      bytes.resize(prefix);
      bytes.resize(whole, '\0');
      break;
    default: break;
  }
  return bytes;
}

void FaultFs::take_back(const Change& change, const fs::path& directory) {
  switch (change.kind) {
    case Change::Kind::kMake: fs::remove(directory / change.name); return;
    case Change::Kind::kDelete:
      write_file(directory / change.name, draw_remains(change.saved->bytes, change.saved->synced));
      return;
    case Change::Kind::kRename:
      fs::rename(directory / change.to, directory / change.name);
      if (change.saved) {
        write_file(directory / change.to, draw_remains(change.saved->bytes, change.saved->synced));
      }
      return;
  }
}

}  // namespace jiexu::faults
