pragma circom 2.1.6;

// A value of 0 to 2^n - 1 and its bits, the lowest first.
template Bits(n) {
    signal input value;
    signal output bits[n];

    var sum = 0;
    for (var i = 0; i < n; i++) {
        bits[i] <-- (value >> i) & 1;
        bits[i] * (bits[i] - 1) === 0;
        sum += bits[i] * 2 ** i;
    }
    sum === value;
}

// 1 where the value is 0, and 0 elsewhere.
template IsZero() {
    signal input value;
    signal output is;

    signal inverse <-- value != 0 ? 1 / value : 0;
    is <== 1 - value * inverse;
    value * is === 0;
}

// The quotient floor((sum of x * w + bias + 2^(shift-1)) / 2^shift), of which the sum has n bits with its sign: its sign, its
// seven lowest bits as a number, and whether it is within -128 to 127, or 0 to 127 where it may not be negative.
template Quotient(width, w, bias, shift, n, mayBeNegative) {
    signal input x[width];
    signal output positive;
    signal output low;
    signal output inside;

    var sum = bias + 2 ** (shift - 1) + 2 ** (n - 1);
    for (var i = 0; i < width; i++) { sum += w[i] * x[i]; }
    component split = Bits(n);
    split.value <== sum;
    positive <== split.bits[n - 1];

    var number = 0;
    for (var i = 0; i < 7; i++) { number += split.bits[shift + i] * 2 ** i; }
    low <== number;

    // Between those bits and the sign all bits are 0 in a small positive number, and all 1 in a small negative one.
    var ones = 0;
    for (var i = shift + 7; i < n - 1; i++) { ones += split.bits[i]; }
    component small = IsZero();
    small.value <== ones - mayBeNegative * (n - 8 - shift) * (1 - positive);
    inside <== small.is;
}

// A neuron with the lower bound 0.
template Positive(width, w, bias, shift, n) {
    signal input x[width];
    signal output y;
    signal output byte;

    component q = Quotient(width, w, bias, shift, n, 0);
    q.x <== x;
    signal below <== q.inside * (q.low - 127);
    y <== q.positive * (below + 127);
    byte <== y;
}

// A neuron with the lower bound -128; its byte is the two's complement.
template Signed(width, w, bias, shift, n) {
    signal input x[width];
    signal output y;
    signal output byte;

    component q = Quotient(width, w, bias, shift, n, 1);
    q.x <== x;
    signal within <== q.inside * (q.low - 127 * q.positive);
    y <== within + 255 * q.positive - 128;
    byte <== y + 256 * (1 - q.positive);
}

template Model() {
    signal input data[16];
    signal input uid;
    // A public input that no constraint uses could be exchanged in a proof.
    signal square <== uid * uid;
    
    component in[16];
    signal a0[16];
    for (var i = 0; i < 16; i++) {
        in[i] = Bits(8);
        in[i].value <== data[i];
        a0[i] <== data[i] - 256 * in[i].bits[7];
    }
    
    signal a1[16];
    component row1_0 = Positive(16, [27, -94, 76, -23, 22, -127, 119, -10, 28, -123, 95, -31, 33, -94, 86, -3], 1403, 10, 19);
    row1_0.x <== a0;
    a1[0] <== row1_0.y;
    component row1_1 = Positive(16, [-20, -35, -10, -11, 82, 127, 73, 93, -87, -117, -94, -115, 36, 34, 21, 25], 472, 10, 19);
    row1_1.x <== a0;
    a1[1] <== row1_1.y;
    component row1_2 = Positive(16, [-82, 79, 32, -127, -76, -36, 120, 75, 39, -82, -106, 101, 84, 0, -106, -89], -571, 10, 19);
    row1_2.x <== a0;
    a1[2] <== row1_2.y;
    component row1_3 = Positive(16, [0, 97, -23, -72, -79, -37, 127, -7, -2, -104, 7, 101, 49, 36, -67, -6], -217, 10, 19);
    row1_3.x <== a0;
    a1[3] <== row1_3.y;
    component row1_4 = Positive(16, [55, 32, -112, 91, 71, 5, -116, 104, 47, 42, -106, 82, 92, 18, -127, 87], 1219, 10, 19);
    row1_4.x <== a0;
    a1[4] <== row1_4.y;
    component row1_5 = Positive(16, [97, 106, 93, 23, -45, -94, -127, -104, -14, -36, -8, 37, 18, 84, 97, 64], -631, 10, 19);
    row1_5.x <== a0;
    a1[5] <== row1_5.y;
    component row1_6 = Positive(16, [4, -113, -29, 81, -104, -47, 88, 40, -8, 114, 40, -111, 93, 26, -127, -20], -884, 10, 19);
    row1_6.x <== a0;
    a1[6] <== row1_6.y;
    component row1_7 = Positive(16, [-57, -64, -58, -101, -2, -26, 37, -18, 82, 117, 55, 84, -106, -127, -66, -114], 551, 10, 19);
    row1_7.x <== a0;
    a1[7] <== row1_7.y;
    component row1_8 = Positive(16, [-51, 3, 84, -79, 43, 93, -60, -127, 124, -47, -119, 46, -43, -76, 51, 63], -1356, 10, 19);
    row1_8.x <== a0;
    a1[8] <== row1_8.y;
    component row1_9 = Positive(16, [84, -50, -119, -10, -22, -98, 49, 127, -114, 2, 71, -40, 39, 127, -2, -64], -2989, 10, 19);
    row1_9.x <== a0;
    a1[9] <== row1_9.y;
    component row1_10 = Positive(16, [-70, -111, 127, 38, 77, -82, -98, 94, 63, 97, -85, -102, -41, 81, 84, -121], -1097, 10, 19);
    row1_10.x <== a0;
    a1[10] <== row1_10.y;
    component row1_11 = Positive(16, [29, 116, -67, -103, 75, -77, -127, 63, -80, -71, 38, 89, -121, 56, 107, -88], -916, 10, 19);
    row1_11.x <== a0;
    a1[11] <== row1_11.y;
    component row1_12 = Positive(16, [-76, -73, 106, 11, -73, 108, 75, -127, 98, 36, -84, -44, 39, -93, 37, 16], -1688, 10, 19);
    row1_12.x <== a0;
    a1[12] <== row1_12.y;
    component row1_13 = Positive(16, [-82, 69, -13, -64, -82, 99, -17, -84, -99, 62, -23, -80, -70, 127, 10, -84], 286, 10, 19);
    row1_13.x <== a0;
    a1[13] <== row1_13.y;
    component row1_14 = Positive(16, [37, 9, 25, 66, -51, -56, -127, -68, 62, 92, 49, 0, -13, 28, 48, 18], 950, 10, 19);
    row1_14.x <== a0;
    a1[14] <== row1_14.y;
    component row1_15 = Positive(16, [103, -53, -94, 26, 3, 127, -31, -118, -86, 3, 70, -35, -8, -82, 42, 92], 598, 10, 19);
    row1_15.x <== a0;
    a1[15] <== row1_15.y;
    
    signal a2[4];
    component row2_0 = Signed(16, [-51, 103, -1, -66, -76, 85, -49, 104, -62, -3, -75, -68, -42, -54, 90, -103], 237, 7, 19);
    row2_0.x <== a1;
    a2[0] <== row2_0.y;
    component row2_1 = Signed(16, [126, -98, -48, -54, 84, -65, -65, -27, -49, -32, -45, -34, 4, 127, -16, -85], -21, 7, 18);
    row2_1.x <== a1;
    a2[1] <== row2_1.y;
    component row2_2 = Signed(16, [-68, -99, 57, 82, -68, -74, -35, -59, -43, -42, 107, -36, -37, -54, 34, 105], -104, 7, 18);
    row2_2.x <== a1;
    a2[2] <== row2_2.y;
    component row2_3 = Signed(16, [-72, -94, -32, -28, -61, -9, 103, -72, 68, 50, -45, 96, 75, -57, -61, -52], -125, 7, 18);
    row2_3.x <== a1;
    a2[3] <== row2_3.y;
    
    var bytes[20];
    for (var i = 0; i < 16; i++) { bytes[i] = data[i]; }
    bytes[16] = row2_0.byte;
    bytes[17] = row2_1.byte;
    bytes[18] = row2_2.byte;
    bytes[19] = row2_3.byte;
    signal output packed[1];
    for (var s = 0; s < 1; s++) {
        var number = 0;
        for (var i = 31 * s; i < 31 * (s + 1) && i < 20; i++) { number = 256 * number + bytes[i]; }
        packed[s] <== number;
    }
}

component main {public [uid]} = Model();
