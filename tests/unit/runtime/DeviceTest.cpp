//===- DeviceTest.cpp - instances whose kernels run on a GPU --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model for a GPU, written by hand, on a driver without one: y = x * weight,
// and a training step that adds the column sums of x to the weight.
//
//===----------------------------------------------------------------------===//

#include "TemporaryFolder.h"
#include "dlcc/abi.h"
#include "runtime/Instance.h"
#include "runtime/Status.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <gmock/gmock.h>
#include <memory>
#include <thread>
#include <vector>

using testing::HasSubstr;

namespace {

constexpr int64_t kBatch = 50, kColumns = 4;
enum Entry { Init, Forward, Train };
enum Kernel { InitKernel, Multiply, Add };

const int64_t kWeightDims[] = {kColumns}, kDims[] = {kBatch, kColumns};
const dlcc_variable kVariables[] = {
    {{"weight", DLCC_F32, 1, kWeightDims, 0, 0}, DLCC_PARAMETER, 1, 0, 16},
    {{"momentum", DLCC_F32, 1, kWeightDims, 0, 0}, DLCC_SLOT, 0, 0, 16},
};
const dlcc_tensor kX = {"x", DLCC_F32, 2, kDims, kColumns, 0};
const dlcc_tensor kY = {"y", DLCC_F32, 2, kDims, kColumns, 0};
const dlcc_tensor kLoss = {"loss", DLCC_F32, 0, nullptr, 0, 0};

void initBody(const dlcc_call *call) {
  void *buffers[] = {&call->control->seed, call->weights};
  dlcc_run_device_kernel(call, InitKernel, buffers);
}

void forwardBody(const dlcc_call *call) {
  void *buffers[] = {call->args[0], call->weights, call->args[1]};
  dlcc_run_device_kernel(call, Multiply, buffers);
}

void trainBody(const dlcc_call *call) {
  void *buffers[] = {call->args[0], call->weights, call->args[1]};
  dlcc_run_device_kernel(call, Add, buffers);
}

const dlcc_entry kEntries[] = {
    {"init", "", DLCC_ENTRY_INIT, 0, 0, 0, nullptr, nullptr, initBody, 0,
     nullptr},
    {"forward", "", DLCC_ENTRY_FORWARD, 0, 1, 1, &kX, &kY, forwardBody, 0,
     nullptr},
    {"train_step", "", DLCC_ENTRY_TRAIN, 0, 1, 1, &kX, &kLoss, trainBody, 0,
     nullptr},
};

const dlcc_launch kLaunches[] = {
    {"init", {1, 1, 1}, 32, 0, 0},
    {"multiply", {7, 1, 1}, 32, 0, 0},
    {"add", {1, 1, 1}, 32, 100 << 10, 0},
};
const dlcc_device_kernel kKernels[] = {
    {2, 1, &kLaunches[0]}, {3, 1, &kLaunches[1]}, {3, 1, &kLaunches[2]}};

dlcc_device device() {
  return {"sm_90", 90, 0, ".version 7.8", nullptr, 3, kKernels};
}

dlcc_model modelOn(const dlcc_device &device) {
  static const dlcc_level level = {"sm_90", "", nullptr};
  dlcc_model model = {};
  model.size = sizeof model;
  model.abi_version = DLCC_ABI_VERSION;
  model.name = "scaler";
  model.levels = &level;
  model.num_levels = 1;
  model.batch = kBatch;
  model.weight_bytes = model.optimizer_bytes = 16;
  model.scratch_bytes = 8;
  model.num_variables = std::size(kVariables);
  model.num_entries = std::size(kEntries);
  model.variables = kVariables;
  model.entries = kEntries;
  model.devices = &device;
  return model;
}

struct Destroy {
  void operator()(dlcc_instance *instance) const { dlcc_destroy(instance); }
};
using Instance = std::unique_ptr<dlcc_instance, Destroy>;

struct DeviceModel : testing::Test {
  dlcc_device code = device();
  dlcc_model model = modelOn(code);

  Instance create() {
    Instance instance(dlcc_create(&model, nullptr));
    EXPECT_TRUE(instance) << dlcc_last_error();
    return instance;
  }
};

std::array<float, 4> weightOf(dlcc_instance *instance) {
  std::array<float, 4> weight{};
  EXPECT_EQ(dlcc_get_parameter(instance, "weight", weight.data(), 16), DLCC_OK)
      << dlcc_last_error();
  return weight;
}

dlcc_status run(dlcc_instance *instance, Entry entry, int64_t rows,
                std::vector<float> &x, float *out) {
  void *args[] = {x.data(), out};
  return dlcc_run(instance, entry, rows, args);
}

/// Sets a variable of the environment while it lives.
struct Environment {
  Environment(const char *name, const char *value) : name(name) {
    setenv(name, value, 1);
  }
  ~Environment() { unsetenv(name); }
  const char *name;
};

TEST_F(DeviceModel, TrainsAndInfers) {
  Instance net = create();
  ASSERT_EQ(dlcc_init(net.get(), 3), DLCC_OK) << dlcc_last_error();
  EXPECT_THAT(weightOf(net.get()), testing::ElementsAre(3, 4, 5, 6));
  std::vector<float> x = {1, 2, 3, 4, 10, 20, 30, 40};
  float loss = 0;
  ASSERT_EQ(run(net.get(), Train, 2, x, &loss), DLCC_OK) << dlcc_last_error();
  EXPECT_EQ(loss, 110);
  EXPECT_THAT(weightOf(net.get()), testing::ElementsAre(14, 26, 38, 50));
  std::vector<float> y(8, -1);
  ASSERT_EQ(run(net.get(), Forward, 1, x, y.data()), DLCC_OK);
  EXPECT_THAT(y, testing::ElementsAre(14, 52, 114, 200, -1, -1, -1, -1));
}

TEST_F(DeviceModel, TakesWhatTheHostSets) {
  Instance net = create();
  float weight[] = {1, 10, 100, 1000};
  ASSERT_EQ(dlcc_set_parameter(net.get(), "weight", weight, 16), DLCC_OK);
  std::vector<float> x(4, 2), y(4);
  ASSERT_EQ(run(net.get(), Forward, 1, x, y.data()), DLCC_OK);
  EXPECT_THAT(y, testing::ElementsAre(2, 20, 200, 2000));
  ASSERT_EQ(run(net.get(), Train, 1, x, nullptr), DLCC_OK);
  // Only some of a region: the rest is the device's.
  float momentum[] = {5, 6, 7, 8};
  ASSERT_EQ(dlcc_set_parameter(net.get(), "momentum", momentum, 16), DLCC_OK);
  EXPECT_THAT(weightOf(net.get()), testing::ElementsAre(3, 12, 102, 1002));
  ASSERT_EQ(run(net.get(), Train, 1, x, nullptr), DLCC_OK);
  EXPECT_THAT(weightOf(net.get()), testing::ElementsAre(5, 14, 104, 1004));
}

TEST_F(DeviceModel, WritesAndReadsFiles) {
  fake::TemporaryFolder folder;
  std::string path = folder.path("net.dlw");
  Instance net = create();
  ASSERT_EQ(dlcc_init(net.get(), 3), DLCC_OK);
  std::vector<float> x(4, 1), y(4);
  ASSERT_EQ(run(net.get(), Train, 1, x, nullptr), DLCC_OK);
  ASSERT_EQ(dlcc_save_checkpoint(net.get(), path.c_str()), DLCC_OK)
      << dlcc_last_error();
  Instance other = create();
  ASSERT_EQ(dlcc_load_checkpoint(other.get(), path.c_str()), DLCC_OK)
      << dlcc_last_error();
  ASSERT_EQ(run(other.get(), Forward, 1, x, y.data()), DLCC_OK);
  EXPECT_THAT(y, testing::ElementsAre(4, 5, 6, 7));
}

TEST_F(DeviceModel, TakesAnyNumberOfRowsInTurn) {
  Instance net = create();
  float weight[] = {1, 2, 3, 4};
  ASSERT_EQ(dlcc_set_parameter(net.get(), "weight", weight, 16), DLCC_OK);
  for (int turn = 0; turn < 2; ++turn)
    for (int64_t rows = 1; rows <= kBatch; ++rows) {
      std::vector<float> x(4 * rows, float(rows)), y(4 * rows);
      ASSERT_EQ(run(net.get(), Forward, rows, x, y.data()), DLCC_OK);
      EXPECT_EQ(y.back(), 4 * rows);
      EXPECT_EQ(y[4 * rows - 4], rows);
    }
}

TEST_F(DeviceModel, SharesWeightsBetweenThreads) {
  Instance owner = create();
  float weight[] = {1, 2, 3, 4};
  ASSERT_EQ(dlcc_set_parameter(owner.get(), "weight", weight, 16), DLCC_OK);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      Instance net(dlcc_create_shared(owner.get(), nullptr));
      ASSERT_TRUE(net) << dlcc_last_error();
      std::vector<float> x(8, 3), y(8);
      for (int j = 0; j < 10; ++j)
        ASSERT_EQ(run(net.get(), Forward, 2, x, y.data()), DLCC_OK);
      EXPECT_THAT(y, testing::ElementsAre(3, 6, 9, 12, 3, 6, 9, 12));
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(DeviceModel, NoReaderMakesTheHostsCopyStale) {
  Instance owner = create();
  float weight[] = {0, 1, 2, 3};
  ASSERT_EQ(dlcc_set_parameter(owner.get(), "weight", weight, 16), DLCC_OK);
  Instance reader(dlcc_create_shared(owner.get(), nullptr));
  ASSERT_TRUE(reader) << dlcc_last_error();
  std::atomic<bool> stop = false;
  std::thread thread([&] {
    while (!stop)
      weightOf(reader.get());
  });
  std::vector<float> x(4, 1);
  int stale = 0;
  for (int step = 1; step <= 50000; ++step) {
    ASSERT_EQ(run(owner.get(), Train, 1, x, nullptr), DLCC_OK);
    stale += weightOf(owner.get())[0] != step;
  }
  EXPECT_EQ(stale, 0);
  stop = true;
  thread.join();
}

TEST(Mirror, SendsNothingWhileTheHostWrites) {
  using namespace dlcc::rt::device;
  Device device;
  DeviceMemory memory(device, sizeof(float));
  float host = 1;
  Mirror mirror(device, reinterpret_cast<char *>(&host), memory.address(),
                sizeof host);
  std::thread sender;
  mirror.change([&] {
    sender = std::thread([&] { mirror.send(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    host = 2;
  });
  sender.join();
  mirror.changeOnDevice();
  host = 0;
  mirror.fetch();
  EXPECT_EQ(host, 2);
}

TEST_F(DeviceModel, RefusesAnOlderChip) {
  Environment chip("FAKE_CUDA_CHIP", "80");
  EXPECT_EQ(dlcc_create(&model, nullptr), nullptr);
  EXPECT_THAT(dlcc_last_error(),
              HasSubstr("compiled for sm_90 and later chips, and the GPU 'Fake "
                        "GPU' is sm_80"));
}

TEST_F(DeviceModel, RefusesAnyOtherChipWhereTheCodeIsForOne) {
  code.exact = 1;
  EXPECT_TRUE(create());
  Environment chip("FAKE_CUDA_CHIP", "100");
  EXPECT_EQ(dlcc_create(&model, nullptr), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("sm_90 and no other chip"));
}

TEST_F(DeviceModel, TakesTheFirstOfItsChipsThatTheGpuRuns) {
  // Only the launches of sm_80 have so many bytes of shared memory.
  dlcc_launch adds[] = {kLaunches[2], kLaunches[2], kLaunches[2]};
  std::vector<std::vector<dlcc_device_kernel>> kernels;
  for (dlcc_launch &add : adds) {
    kernels.push_back({std::begin(kKernels), std::end(kKernels)});
    kernels.back()[Add].launches = &add;
  }
  adds[0].shared_bytes = adds[1].shared_bytes = 1024;
  const dlcc_device devices[] = {
      {"sm_90a", 90, 1, "\n.target sm_90a\n", nullptr, 3, kernels[0].data()},
      {"sm_90", 90, 0, "\n.target sm_90\n", nullptr, 3, kernels[1].data()},
      {"sm_80", 80, 0, "\n.target sm_80\n", nullptr, 3, kernels[2].data()}};
  const dlcc_level levels[] = {
      {"sm_90a", "", nullptr}, {"sm_90", "", nullptr}, {"sm_80", "", nullptr}};
  model.devices = devices;
  model.levels = levels;
  model.num_levels = 3;
  for (auto [chip, taken] : {std::pair("90", "sm_90a"),
                             {"100", "sm_90"},
                             {"89", "sm_80"},
                             {"80", "sm_80"}}) {
    Environment environment("FAKE_CUDA_CHIP", chip);
    Instance net = create();
    EXPECT_STREQ(dlcc_get_level(net.get())->cpu, taken) << chip;
    ASSERT_EQ(dlcc_init(net.get(), 3), DLCC_OK) << dlcc_last_error();
    std::vector<float> x(4, 1);
    EXPECT_EQ(run(net.get(), Train, 1, x, nullptr), DLCC_OK)
        << dlcc_last_error();
    Instance other(dlcc_create_shared(net.get(), nullptr));
    EXPECT_STREQ(dlcc_get_level(other.get())->cpu, taken);
    // What is launched is what that chip's code says.
    Environment fail("FAKE_CUDA_FAIL", "cuFuncSetAttribute=1");
    Instance refused(dlcc_create(&model, nullptr));
    EXPECT_EQ(refused == nullptr, std::string_view(taken) == "sm_80");
  }
  Environment environment("FAKE_CUDA_CHIP", "75");
  EXPECT_EQ(dlcc_create(&model, nullptr), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("compiled for sm_80 and later"));
}

TEST_F(DeviceModel, SaysWhenThereIsNoGpu) {
  Environment none("FAKE_CUDA_DEVICES", "0");
  EXPECT_EQ(dlcc_create(&model, nullptr), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("finds no GPU"));
}

TEST_F(DeviceModel, SaysWhatTheDriverRefusesAtCreate) {
  const std::pair<const char *, const char *> cases[] = {
      {"cuDevicePrimaryCtxRetain=2", "to begin work on the GPU"},
      {"cuModuleLoadDataEx=218", "to load the kernels of model 'scaler'"},
      {"cuModuleGetFunction=500", "to find the kernel 'init'"},
      {"cuFuncGetAttribute=2", "to load the kernel 'init'"},
      {"cuFuncSetAttribute=1", "to give the kernel 'add' its shared memory"},
      {"cuMemAlloc=2", "bytes of the GPU's memory"},
      {"cuMemAllocHost=2", "bytes of memory that the GPU reads"},
      {"cuStreamCreate=2", "to make a stream"}};
  for (auto [failure, sentence] : cases) {
    Environment fail("FAKE_CUDA_FAIL", failure);
    EXPECT_EQ(dlcc_create(&model, nullptr), nullptr) << failure;
    EXPECT_THAT(dlcc_last_error(), HasSubstr(sentence));
  }
  EXPECT_TRUE(create());
}

TEST_F(DeviceModel, SaysWhatTheDriverRefusesLater) {
  Instance net = create();
  std::vector<float> x(4, 1), y(4);
  float weight[] = {1, 2, 3, 4};
  ASSERT_EQ(dlcc_set_parameter(net.get(), "weight", weight, 16), DLCC_OK);
  const std::pair<const char *, const char *> cases[] = {
      {"cuLaunchKernel=719", "to launch the kernel 'multiply'"},
      {"cuStreamEndCapture=1", "to prepare 'forward' as a graph"},
      {"cuGraphInstantiate=2", "to prepare 'forward' as a graph"},
      {"cuMemcpyHtoDAsync=1", "to copy variables to the GPU"},
      {"cuGraphLaunch=719", "in 'forward'"},
      {"cuStreamSynchronize=719", "in 'forward'"}};
  for (auto [failure, sentence] : cases) {
    Environment fail("FAKE_CUDA_FAIL", failure);
    EXPECT_NE(run(net.get(), Forward, 1, x, y.data()), DLCC_OK) << failure;
    EXPECT_THAT(dlcc_last_error(), HasSubstr(sentence));
    if (std::string_view(failure) == "cuStreamEndCapture=1")
      net = create(), dlcc_set_parameter(net.get(), "weight", weight, 16);
  }
}

TEST_F(DeviceModel, IsTimed) {
  Instance net = create();
  ASSERT_EQ(dlcc_init(net.get(), 3), DLCC_OK);
  std::vector<float> x(4, 1);
  float loss = 0;
  ASSERT_EQ(run(net.get(), Train, 1, x, &loss), DLCC_OK);
  dlcc::rt::device::Executor &executor = *net->executor;
  EXPECT_GT(executor.timeGraph(*net, Train, 1), 0);
  std::vector<dlcc::rt::device::KernelTime> kernels =
      executor.timeKernels(*net, Train, 1);
  ASSERT_EQ(kernels.size(), 1u);
  EXPECT_EQ(kernels.front().kernel, Add);
  EXPECT_GT(kernels.front().seconds, 0);
  // What is timed is run: three steps, each adds 1.
  EXPECT_THAT(weightOf(net.get()), testing::ElementsAre(6, 7, 8, 9));

  for (auto [failure, sentence] :
       {std::pair("cuEventElapsedTime=1", "to read its clock"),
        {"cuLaunchKernel=719", "to launch the kernel 'add'"}}) {
    Environment fail("FAKE_CUDA_FAIL", failure);
    try {
      executor.timeKernels(*net, Train, 1);
      ADD_FAILURE() << failure;
    } catch (const dlcc::rt::Failure &refused) {
      EXPECT_THAT(refused.what(), HasSubstr(sentence));
    }
  }
}

TEST_F(DeviceModel, HasNoWeightsAfterAnInitThatFailed) {
  Instance net = create();
  ASSERT_EQ(dlcc_init(net.get(), 3), DLCC_OK);
  std::vector<float> x(4, 1), y(4);
  {
    Environment fail("FAKE_CUDA_FAIL", "cuGraphLaunch=2");
    EXPECT_EQ(dlcc_init(net.get(), 5), DLCC_OUT_OF_MEMORY);
  }
  EXPECT_EQ(run(net.get(), Forward, 1, x, y.data()), DLCC_NO_WEIGHTS);
  EXPECT_EQ(dlcc_get_parameter(net.get(), "weight", y.data(), 16),
            DLCC_NO_WEIGHTS);
  ASSERT_EQ(dlcc_init(net.get(), 5), DLCC_OK);
  EXPECT_THAT(weightOf(net.get()), testing::ElementsAre(5, 6, 7, 8));
}

TEST_F(DeviceModel, WaitsForWhatIsQueuedWhenACallFails) {
  Instance net = create();
  ASSERT_EQ(dlcc_init(net.get(), 3), DLCC_OK);
  std::vector<float> x(4, 1);
  float loss = 0;
  {
    Environment fail("FAKE_CUDA_FAIL", "cuMemcpyDtoHAsync=719");
    EXPECT_EQ(run(net.get(), Train, 1, x, &loss), DLCC_DEVICE_ERROR);
  }
  EXPECT_THAT(weightOf(net.get()), testing::ElementsAre(4, 5, 6, 7));
}

TEST_F(DeviceModel, TakesThePtxWhereTheMachineCodeIsForAnother) {
  code.cubin = "\x7f"
               "ELF";
  EXPECT_TRUE(create());
  {
    Environment chip("FAKE_CUDA_CHIP", "100");
    EXPECT_TRUE(create());
  }
  for (const char *foreign : {"cubin=200", "cubin=209", "cubin=222"}) {
    Environment fail("FAKE_CUDA_FAIL", foreign);
    EXPECT_TRUE(create());
  }
  Environment fail("FAKE_CUDA_FAIL", "cubin=2");
  EXPECT_EQ(dlcc_create(&model, nullptr), nullptr);
  EXPECT_THAT(dlcc_last_error(), HasSubstr("to load the kernels of model"));
}

} // namespace
