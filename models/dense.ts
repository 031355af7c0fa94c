import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import type { Dense } from "./network.ts";
import { randomFrom } from "./random.ts";

/** What to train a network of dense layers on; the last layer's size is that of a target. */
export interface Training {
  /** One row a sample. */
  inputs: readonly Float32Array[];
  targets: readonly Float32Array[];
  hidden: readonly number[];
  outputActivation: "softmax" | "sigmoid";
  epochs: number;
  learningRate: number;
  seed: number;
  /** Called before each epoch with the inputs to train on, for augmentation. */
  augment: (inputs: readonly Float32Array[], epoch: number) => readonly Float32Array[];
}

/** Trains by Adam on cross-entropy, ReLU between the layers, and returns the layers. Prints a line an epoch. */
export async function trainDense(training: Training): Promise<Dense[]> {
  const { inputs, targets, hidden, outputActivation, epochs, learningRate, seed } = training;
  await tf.setBackend("cpu");
  const sizes = [...hidden, (targets[0] as Float32Array).length];
  const model = layers.sequential({
    layers: sizes.map((units, l) =>
      layers.layers.dense({
        units,
        activation: l === sizes.length - 1 ? outputActivation : "relu",
        kernelInitializer: layers.initializers.glorotUniform({ seed: seed + l }),
        ...(l === 0 ? { inputShape: [(inputs[0] as Float32Array).length] } : {}),
      }),
    ),
  });
  const optimizer = tf.train.adam(learningRate);
  const loss = outputActivation === "softmax" ? "categoricalCrossentropy" : "binaryCrossentropy";
  model.compile({ optimizer, loss });
  const random = randomFrom(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(inputs.length);
    const augmented = training.augment(inputs, epoch);
    const x = matrix(order.map((i) => augmented[i] as Float32Array));
    const y = matrix(order.map((i) => targets[i] as Float32Array));
    // The order is already random, from the seed; the library's own shuffling would not be.
    const { history } = await model.fit(x, y, { epochs: 1, batchSize: 64, shuffle: false, verbose: 0 });
    tf.dispose([x, y]);
    console.log(`epoch ${epoch + 1} of ${epochs}: loss ${(history.loss as [number])[0].toFixed(4)}`);
  }
  return model.layers.map((layer) => {
    const [kernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
    return { weights: tf.transpose(kernel).arraySync() as number[][], biases: bias.arraySync() };
  });
}

function matrix(rows: readonly Float32Array[]): tf.Tensor2D {
  const columns = (rows[0] as Float32Array).length;
  const values = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) values.set(row, i * columns);
  return tf.tensor2d(values, [rows.length, columns]);
}
