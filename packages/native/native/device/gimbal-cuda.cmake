# Finds CUDA for a project that compiles .cu files. Include it at the top level of every project that links gimbal_ops, before
# add_subdirectory: CMake wants a language enabled in the highest directory that uses it.
#   include(../native/native/device/gimbal-cuda.cmake)
#
# GIMBAL_CUDA                OFF (no CUDA path: what a checkout builds unless it is asked for one), AUTO (with nvcc a CUDA path, without it none,
#                            and a line that says so) or ON (nvcc is required).
# GIMBAL_CUDA_ARCHITECTURES  RELEASE: every architecture that a published binary serves. DEVELOPMENT: what this machine can run
#                            (its own GPU; without one the oldest PTX, which every driver compiles for its GPU). Or a list for
#                            CMAKE_CUDA_ARCHITECTURES, such as 90.
# Environment variables of the same names are the defaults of a new build folder.
# Sets GIMBAL_HAS_CUDA.
include_guard(GLOBAL)

set(GIMBAL_CUDA_DEFAULT OFF)
set(GIMBAL_CUDA_ARCHITECTURES_DEFAULT DEVELOPMENT)
foreach(option GIMBAL_CUDA GIMBAL_CUDA_ARCHITECTURES)
  if(DEFINED ENV{${option}})
    set(${option}_DEFAULT "$ENV{${option}}")
  endif()
endforeach()
set(GIMBAL_CUDA ${GIMBAL_CUDA_DEFAULT} CACHE STRING "Build the CUDA path: OFF, AUTO or ON")
set_property(CACHE GIMBAL_CUDA PROPERTY STRINGS OFF AUTO ON)
set(GIMBAL_CUDA_ARCHITECTURES ${GIMBAL_CUDA_ARCHITECTURES_DEFAULT} CACHE STRING "RELEASE, DEVELOPMENT or a list such as 90")

set(GIMBAL_HAS_CUDA OFF)
if(GIMBAL_CUDA STREQUAL "OFF")
  message(STATUS "Gimbal: the CPU path only; GIMBAL_CUDA=ON in the environment adds CUDA's")
endif()
if(NOT GIMBAL_CUDA STREQUAL "OFF")
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    set(GIMBAL_HAS_CUDA ON)
  elseif(NOT GIMBAL_CUDA STREQUAL "AUTO")
    message(FATAL_ERROR "GIMBAL_CUDA=${GIMBAL_CUDA}, but no nvcc that works was found. Put it on PATH or set CUDACXX.")
  else()
    message(STATUS "Gimbal: no nvcc was found, so only the CPU path is built")
  endif()
endif()

if(GIMBAL_HAS_CUDA)
  # The last of the list also carries PTX, which drivers compile for GPUs newer than this file.
  set(GIMBAL_RELEASE_ARCHITECTURES 75-real 80-real 86-real 89-real 90-real 100-real 120)
  if(GIMBAL_CUDA_ARCHITECTURES STREQUAL "RELEASE")
    set(CMAKE_CUDA_ARCHITECTURES ${GIMBAL_RELEASE_ARCHITECTURES})
  elseif(GIMBAL_CUDA_ARCHITECTURES STREQUAL "DEVELOPMENT")
    set(CMAKE_CUDA_ARCHITECTURES 75-virtual)
    find_program(GIMBAL_NVIDIA_SMI nvidia-smi)
    if(GIMBAL_NVIDIA_SMI)
      execute_process(COMMAND ${GIMBAL_NVIDIA_SMI} --query-gpu=compute_cap --format=csv,noheader
        OUTPUT_VARIABLE GIMBAL_CAPABILITIES ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE GIMBAL_QUERY)
      if(GIMBAL_QUERY EQUAL 0 AND GIMBAL_CAPABILITIES MATCHES "^[0-9]+\\.[0-9]+")
        string(REGEX MATCHALL "[0-9]+\\.[0-9]+" GIMBAL_CAPABILITIES "${GIMBAL_CAPABILITIES}")
        list(TRANSFORM GIMBAL_CAPABILITIES REPLACE "\\." "")
        list(TRANSFORM GIMBAL_CAPABILITIES APPEND "-real")
        list(REMOVE_DUPLICATES GIMBAL_CAPABILITIES)
        set(CMAKE_CUDA_ARCHITECTURES ${GIMBAL_CAPABILITIES})
      endif()
    endif()
  else()
    set(CMAKE_CUDA_ARCHITECTURES ${GIMBAL_CUDA_ARCHITECTURES})
  endif()
  set(CMAKE_CUDA_RUNTIME_LIBRARY Static)  # the driver's own library is looked up by it at run time, never linked
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
  message(STATUS "Gimbal: CUDA ${CMAKE_CUDA_COMPILER_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}")
endif()

# How every .cu file of the workspace is compiled: bits as on the CPU (no fused multiply-add, IEEE division), and warnings.
function(gimbal_cuda_options target)
  set_target_properties(${target} PROPERTIES
    CUDA_VISIBILITY_PRESET hidden CUDA_RUNTIME_LIBRARY Static CUDA_SEPARABLE_COMPILATION OFF)
  # The standard by its flag: CMake before 3.26 does not know that nvcc has it. 554: Plane<const T> converts to itself.
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;--fmad=false;--expt-relaxed-constexpr;-Wno-deprecated-gpu-targets;--diag-suppress=554>)
  if(NOT MSVC)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall>)
  endif()
endfunction()
