# Gimbal in a container.
#
#   docker build -t gimbal .                                                     # CPU
#   docker build -t gimbal:cuda --target cuda .                                  # NVIDIA GPUs of compute capability 7.5 and newer
#   docker run --rm -v "$PWD:/data" gimbal stabilize shaky.mp4 steady.mp4
#   docker run --rm --gpus all -v "$PWD:/data" gimbal:cuda stabilize shaky.mp4 steady.mp4
#
# The image holds FFmpeg under the GPL, version 3: see "Licence" in packages/video/README.md before you pass it on.

FROM node:20-bookworm-slim AS node

# What is published, packed as a release packs it: that is all that the images below take over.
FROM node AS packed
RUN apt-get update && apt-get install -y --no-install-recommends cmake g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /gimbal
COPY . .
RUN npm ci
RUN npm run pack -w @gimbal/release -- /packed --without-cuda --here

FROM nvidia/cuda:13.0.1-devel-ubuntu24.04 AS packed-cuda
COPY --from=node /usr/local /usr/local
RUN apt-get update && apt-get install -y --no-install-recommends cmake g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /gimbal
COPY . .
RUN npm ci
RUN npm run pack -w @gimbal/release -- /packed --here

# CUDA's runtime is inside the addons; of NVIDIA the image needs what makes the driver visible.
FROM nvidia/cuda:13.0.1-base-ubuntu24.04 AS cuda
COPY --from=node /usr/local /usr/local
RUN --mount=from=packed-cuda,source=/packed,target=/packed npm install --global /packed/*.tgz && npm cache clean --force
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility,video
WORKDIR /data
ENTRYPOINT ["gimbal"]
CMD ["--help"]

FROM node AS cpu
RUN --mount=from=packed,source=/packed,target=/packed npm install --global /packed/*.tgz && npm cache clean --force
WORKDIR /data
ENTRYPOINT ["gimbal"]
CMD ["--help"]
