# Training on NVIDIA GPUs: the driver comes from the host, CUDA's libraries with JAX's wheels.
#   docker build -t ganspeech .
#   docker run --gpus all -v $PWD/runs:/work/runs -v DATA:/data:ro ganspeech \
#     train vocoder_hifigan_v1 --corpus.root /data --run runs/first
FROM python:3.12-slim

# The package pesq has no wheel.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /work
COPY . /opt/ganspeech
RUN pip install --no-cache-dir "/opt/ganspeech[cuda,eval]" pesq

# Compiled programs and prepared corpora outlive the container where a volume is mounted here.
ENV GANSPEECH_CACHE=/cache
VOLUME /cache

ENTRYPOINT ["ganspeech"]
CMD ["--help"]
