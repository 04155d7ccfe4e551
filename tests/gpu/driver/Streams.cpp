//===- Streams.cpp - streams of the tests' driver, and what runs there ----===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DriverState.h"

#include <cstring>

using namespace fake;

Result fake::finish(Stream &stream) {
  Result result = Success;
  for (const Work &work : stream.work)
    if (result == Success)
      result = work();
  stream.work.clear();
  return result;
}

static Result launch(State &s, const Launch &launch) {
  log("kernel " + launch.kernel);
  std::string fault = s.kernels->run(launch);
  return fault.empty() ? Success : refuse(LaunchFailed, fault.c_str());
}

extern "C" {

Result cuStreamCreate(Stream **stream, unsigned) {
  return call("cuStreamCreate", true, [&](State &s) {
    *stream = *s.streams.insert(new Stream).first;
    return Success;
  });
}

Result cuStreamDestroy_v2(Stream *stream) {
  return call("cuStreamDestroy", true, [&](State &s) -> Result {
    if (!s.streams.erase(stream))
      return refuse(InvalidValue, "no stream is destroyed");
    delete stream;
    return Success;
  });
}

Result cuStreamSynchronize(Stream *stream) {
  return call("cuStreamSynchronize", true, [&](State &s) -> Result {
    if (!s.streams.count(stream))
      return refuse(InvalidValue, "nobody's stream is waited for");
    return finish(*stream);
  });
}

Result cuEventCreate(Event **event, unsigned) {
  return call("cuEventCreate", true, [&](State &s) {
    *event = *s.events.insert(new Event).first;
    return Success;
  });
}

Result cuEventDestroy_v2(Event *event) {
  return call("cuEventDestroy", true, [&](State &s) -> Result {
    if (!s.events.erase(event))
      return refuse(InvalidValue, "no event is destroyed");
    delete event;
    return Success;
  });
}

Result cuEventRecord(Event *event, Stream *stream) {
  return call("cuEventRecord", true, [&](State &s) -> Result {
    if (!s.events.count(event) || stream->isCapturing)
      return refuse(InvalidValue, "no event is recorded");
    stream->work.push_back([event] {
      event->when = std::chrono::steady_clock::now();
      event->hasCome = true;
      return Success;
    });
    return Success;
  });
}

Result cuEventElapsedTime(float *milliseconds, Event *begin, Event *end) {
  return call("cuEventElapsedTime", true, [&](State &s) -> Result {
    if (!s.events.count(begin) || !s.events.count(end) || !begin->hasCome ||
        !end->hasCome)
      return refuse(InvalidValue, "an event is read before it has come");
    *milliseconds =
        std::chrono::duration<float, std::milli>(end->when - begin->when)
            .count();
    return Success;
  });
}

Result cuStreamBeginCapture_v2(Stream *stream, int) {
  return call("cuStreamBeginCapture", true, [&](State &) -> Result {
    if (stream->isCapturing)
      return refuse(InvalidValue, "a capture in a capture");
    stream->isCapturing = true;
    return Success;
  });
}

Result cuStreamEndCapture(Stream *stream, Graph **graph) {
  return call("cuStreamEndCapture", true, [&](State &s) -> Result {
    if (!stream->isCapturing)
      return refuse(InvalidValue, "the end of no capture");
    stream->isCapturing = false;
    *graph = *s.graphs.insert(new Graph(std::move(stream->captured))).first;
    stream->captured = {};
    return Success;
  });
}

Result cuGraphInstantiateWithFlags(Graph **executable, Graph *graph, uint64_t) {
  return call("cuGraphInstantiate", true, [&](State &s) {
    *executable = *s.graphs.insert(new Graph(*graph)).first;
    log("graph of " + std::to_string(graph->nodes.size()));
    return Success;
  });
}

Result cuGraphLaunch(Graph *graph, Stream *stream) {
  return call("cuGraphLaunch", true, [&](State &s) -> Result {
    if (!s.graphs.count(graph) || stream->isCapturing)
      return refuse(InvalidValue, "no graph is launched");
    stream->work.insert(stream->work.end(), graph->nodes.begin(),
                        graph->nodes.end());
    return Success;
  });
}

static Result destroyGraph(const char *function, Graph *graph) {
  return call(function, true, [&](State &s) -> Result {
    if (!s.graphs.erase(graph))
      return refuse(InvalidValue, "no graph is destroyed");
    delete graph;
    return Success;
  });
}

Result cuGraphDestroy(Graph *graph) {
  return destroyGraph("cuGraphDestroy", graph);
}

Result cuGraphExecDestroy(Graph *graph) {
  return destroyGraph("cuGraphExecDestroy", graph);
}

/// Takes what the runtime asks for, as far as the hardware does.
Result cuTensorMapEncodeTiled(void *to, int elements, uint32_t rank,
                              void *address, const uint64_t *extents,
                              const uint64_t *strides, const uint32_t *box,
                              const uint32_t *steps, int interleave,
                              int swizzle, int, int fill) {
  return call("cuTensorMapEncodeTiled", true, [&](State &s) -> Result {
    Map map;
    map.address = reinterpret_cast<Address>(address);
    map.elementBytes = elements == 11 ? 4 : 2;
    map.roundsToTf32 = elements == 11;
    bool isKnown = elements == 6 || elements == 9 || elements == 11;
    if (reinterpret_cast<uintptr_t>(to) % 64 || rank != 2 || !isKnown ||
        interleave || fill || swizzle != 3 || steps[0] != 1 || steps[1] != 1 ||
        map.address % 16 || strides[0] % 16 || room(s, map.address) == 0 ||
        box[0] * map.elementBytes > 128 || box[0] == 0 || box[1] == 0 ||
        box[1] > 256 || extents[0] == 0 || extents[1] == 0)
      return refuse(InvalidValue, "a map of a tensor that cannot be");
    for (int i = 0; i < 2; ++i) {
      map.extents[i] = uint32_t(extents[i]);
      map.box[i] = box[i];
    }
    map.rowBytes = strides[0];
    std::memset(to, 0, kMapBytes);
    std::memcpy(to, &map, sizeof map);
    return Success;
  });
}

Result cuLaunchKernel(Function *function, unsigned gridX, unsigned gridY,
                      unsigned gridZ, unsigned blockX, unsigned blockY,
                      unsigned blockZ, unsigned sharedBytes, Stream *stream,
                      void **parameters, void **) {
  return call("cuLaunchKernel", true, [&](State &s) -> Result {
    if (sharedBytes > function->sharedBytes || blockY != 1 || blockZ != 1)
      return refuse(InvalidValue, "a launch asks for too much");
    Launch asked;
    asked.kernel = function->name;
    asked.grid[0] = gridX, asked.grid[1] = gridY, asked.grid[2] = gridZ;
    asked.block = blockX;
    asked.sharedBytes = sharedBytes;
    for (size_t i = 0; i < function->parameterBytes.size(); ++i) {
      Parameter &parameter = asked.parameters.emplace_back();
      int bytes = function->parameterBytes[i];
      if (bytes == kMapBytes) {
        auto map = std::make_shared<Map>();
        std::memcpy(map.get(), parameters[i], sizeof *map);
        parameter.value = map->address;
        parameter.map = std::move(map);
      } else {
        std::memcpy(&parameter.value, parameters[i], bytes);
        if (bytes != sizeof(Address))
          continue;
      }
      parameter.bytes = room(s, parameter.value);
      if (parameter.bytes == 0)
        return refuse(InvalidValue, "a kernel gets no address of the device");
      parameter.value -= kBase;
    }
    Work work = [&s, asked] { return launch(s, asked); };
    (stream->isCapturing ? stream->captured.nodes : stream->work)
        .push_back(std::move(work));
    return Success;
  });
}

} // extern "C"
